import Base
import Volumes

/// The input grid of the network: isotropic, aligned with the world axes, around the head.
///
/// Its voxel axes run anterior, inferior, left. The voxels in order are therefore a tensor with the axes
/// left, inferior, anterior, as in the training of the network.
enum HeadGrid {
  /// The margin around the head in mm.
  static let margin = 4.0
  /// The volume of the training images in mm³.
  static let trainedVolume = 256.0 * 256 * 256

  /// Returns the grid of `spacing` mm around the head of a RAS+ scan, or nil if the scan has no foreground.
  static func around(_ scan: Volume, spacing: Double) -> Geometry? {
    guard let threshold = Otsu.threshold(of: scan.voxels) else { return nil }
    let head = Mask(geometry: scan.geometry, voxels: scan.voxels.map { $0 > threshold ? 1 : 0 })
      .largestComponent()
    guard head.voxels.contains(1) else { return nil }
    let columns = scan.geometry.affine.columns
    let half = columns.reduce(SIMD3<Double>.zero) { $0 + pointwiseMax($1, -$1) } / 2
    let (first, last) = head.worldBounds
    let low = first - half - margin, high = last + half + margin
    let counts = ((high - low) / spacing).rounded(.up)
    let corner = (low + high) / 2 + (counts - 1) / 2 * spacing * SIMD3(1, -1, 1)
    return Geometry(
      shape: [Int(counts.y), Int(counts.z), Int(counts.x)],
      affine: Affine(
        i: SIMD3(0, spacing, 0), j: SIMD3(0, 0, -spacing), k: SIMD3(-spacing, 0, 0), origin: corner))
  }

  /// Returns the number of voxels of a training image at this voxel size, at least that of the grid.
  static func wholeCount(_ grid: Geometry) -> Int {
    max(grid.voxelCount, Int((trainedVolume / grid.voxelVolume).rounded()))
  }

  /// Returns the intensities scaled to 0...1 between the 2nd and 98th percentile of the whole volume, which
  /// is 0 outside the grid; nil if the percentiles are equal.
  static func scaled(_ head: Volume) -> [Float]? {
    var whole = head.voxels
    whole += [Float](repeating: 0, count: wholeCount(head.geometry) - whole.count)
    let low = RobustStatistics.quantile(0.02, of: &whole)
    let high = RobustStatistics.quantile(0.98, of: &whole)
    guard high > low else { return nil }
    return head.voxels.map { min(max(($0 - low) / (high - low), 0), 1) }
  }
}
