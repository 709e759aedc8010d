import Tensors
import Volumes

/// A scan as the model sees it, with the way back to the scanner's grid.
public struct PreparedScan: Sendable {
  /// Indices of the prepared axial slices in the RAS+ canonical scan.
  public let slices: [Int]
  /// Template-space z in mm of each prepared slice; nil where the scan has no position (a PNG slice).
  public let levels: [Double?]
  /// Normalised slices, (slices, size, size) row-major; rows run posterior to anterior, columns left to right.
  public let images: [Float]
  /// Brain of each slice, 1 inside and 0 outside, same layout.
  public let brain: [Float]
  /// What the reader should know about the preparation.
  public let notes: [String]

  let placement: SlicePlacement
  let orientation: Orientation
  /// The brain of the prepared slices on the RAS+ canonical grid; 0 in all other slices.
  let scoredBrain: Mask
  let native: Volume

  /// Maps (slices, size, size) on the RAS+ canonical grid, 0 outside `mask`.
  func canonicalVolume(of maps: Tensor, inside mask: Mask) throws -> Volume {
    let onScan = try placement.toScan(maps).values()
    let area = mask.shape[0] * mask.shape[1]
    var voxels = [Float](repeating: 0, count: mask.voxels.count)
    for (row, slice) in slices.enumerated() {
      for pixel in 0..<area where mask.voxels[slice * area + pixel] != 0 {
        voxels[slice * area + pixel] = onScan[row * area + pixel]
      }
    }
    return Volume(geometry: mask.geometry, voxels: voxels)
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
