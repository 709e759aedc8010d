import Cohort
import Methods
import Tensors
import Volumes

/// A scan on the model grid, with the way back to the scanner's grid.
public struct GriddedScan: Sendable {
  /// The numbers of the axial slices: in the RAS+ canonical scan, or in a registered scan from the lowest one
  /// up.
  public let slices: [Int]
  /// The template-space z in mm of each slice; nil where the scan has no position (a PNG slice).
  public let z: [Double?]
  /// The normalised slices, (slices, size, size) row-major; rows run posterior to anterior, columns left to
  /// right.
  public let images: [Float]
  /// The brain of each slice, 1 inside and 0 outside, in the same layout.
  public let brain: [Float]
  /// Notes for the reader of the results.
  public let notes: [String]

  /// The distance in mm of the slices below and above that a model sees beside a slice; 0 = none.
  let adjacentDistance: Double
  let placement: any ScanPlacement
  let orientation: Orientation
  /// The brain on the RAS+ canonical grid.
  let wholeBrain: Mask
  /// The brain in the gridded slices on the RAS+ canonical grid, 0 in all other slices.
  let scoredBrain: Mask
  let native: Volume

  /// Slices on a model grid of `size` x `size` pixels as a batch.
  func batch(_ chosen: Range<Int>, size: Int, device: Device = .cpu) throws -> Batch {
    let area = size * size
    func tensor(_ values: [Float], _ slices: some Collection<Int>) throws -> Tensor {
      let chosen = slices.flatMap { values[$0 * area..<($0 + 1) * area] }
      return try Tensor(chosen, shape: [slices.count, 1, size, size], device: device)
    }
    let adjacent = try z.adjacent(to: Array(chosen), distance: adjacentDistance).map { slices in
      try tensor(images, slices) * tensor(brain, slices)
    }
    return Batch(
      images: try tensor(images, chosen), brain: try tensor(brain, chosen),
      adjacent: adjacent.isEmpty ? nil : try .cat(adjacent, dim: 1), z: Array(z[chosen]))
  }

  /// Brings maps (slices, size, size) to the RAS+ canonical grid; they are 0 outside `mask`.
  func canonicalVolume(of maps: Tensor, inside mask: Mask) throws -> Volume {
    let voxels = try placement.toScan(maps)
    return Volume(geometry: mask.geometry, voxels: zip(voxels, mask.voxels).map { $1 == 0 ? 0 : $0 })
  }

  /// The fraction of the brain that is in the gridded slices.
  var scoredFraction: Double { Double(scoredBrain.count) / Double(max(wholeBrain.count, 1)) }

  /// A map on the scanner's axes with NaN where there is brain that is in no gridded slice.
  func markingUnscored(_ map: Volume) -> Volume {
    let (whole, scored) = (native(wholeBrain).voxels, native(scoredBrain).voxels)
    var marked = map
    for index in whole.indices where whole[index] != 0 && scored[index] == 0 { marked.voxels[index] = .nan }
    return marked
  }

  /// The lesion mask of the scan on its RAS+ canonical grid; nil where it has none.
  func lesion(of scan: ScanCase) throws -> Mask? { try scan.readLesionMask().map(canonical) }

  /// Brings a mask from the scanner's axes to the RAS+ canonical grid.
  func canonical(_ mask: Mask) -> Mask {
    Mask(geometry: scoredBrain.geometry, voxels: orientation.apply(mask).voxels)
  }

  /// Brings a grid from the RAS+ canonical axes to the scanner's: the input's shape, affine and header.
  func native<Element>(_ grid: Grid<Element>) -> Grid<Element> {
    Grid(
      geometry: native.geometry, voxels: orientation.inverse().apply(grid).voxels, header: native.header)
  }
}
