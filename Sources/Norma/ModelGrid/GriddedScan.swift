import Cohort
import Tensors
import Volumes

/// A scan as the model sees it, with the way back to the scanner's grid.
public struct GriddedScan: Sendable {
  /// Numbers of the prepared axial slices: in the RAS+ canonical scan, of a registered scan from the lowest level.
  public let slices: [Int]
  /// Template-space z in mm of each prepared slice; nil where the scan has no position (a PNG slice).
  public let z: [Double?]
  /// Normalised slices, (slices, size, size) row-major; rows run posterior to anterior, columns left to right.
  public let images: [Float]
  /// Brain of each slice, 1 inside and 0 outside, same layout.
  public let brain: [Float]
  /// What the reader should know about the preparation.
  public let notes: [String]

  let placement: any ScanPlacement
  let orientation: Orientation
  /// The brain of the prepared slices on the RAS+ canonical grid; 0 in all other slices.
  let scoredBrain: Mask
  let native: Volume

  /// Maps (slices, size, size) on the RAS+ canonical grid, 0 outside `mask`.
  func canonicalVolume(of maps: Tensor, inside mask: Mask) throws -> Volume {
    let voxels = try placement.toScan(maps)
    return Volume(geometry: mask.geometry, voxels: zip(voxels, mask.voxels).map { $1 == 0 ? 0 : $0 })
  }

  /// What an expert drew on the scan, on its RAS+ canonical grid; nil where nobody did.
  func lesion(of scan: ScanCase) throws -> Mask? {
    try scan.readLesionMask().map {
      Mask(geometry: scoredBrain.geometry, voxels: orientation.apply($0).voxels)
    }
  }

  /// A grid on the RAS+ canonical axes brought to the scanner's: the input's shape, affine and header.
  func native<Element>(_ grid: Grid<Element>) -> Grid<Element> {
    Grid(
      geometry: native.geometry, voxels: orientation.inverse().apply(grid).voxels, header: native.header)
  }
}
