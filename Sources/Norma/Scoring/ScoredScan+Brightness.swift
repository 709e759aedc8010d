import Methods
import Preprocessing
import Tensors
import Volumes

extension ScoredScan {
  /// The limits of a brightness: what is far below white matter is fluid, and what is far above it is certain.
  private static let limits: ClosedRange<Float> = -2...8

  /// The brightness of each voxel on the RAS+ axes of the scan: its intensity less the median of white matter, over
  /// the scaled median absolute deviation there, within limits.
  ///
  /// It has the detail of the scan, where a map of the model grid has its pixels. Nil if the method does not tell
  /// tissues apart or finds no white matter of more than one intensity.
  func brightness() throws -> Volume? {
    guard let probabilities = score.tissues else { return nil }
    let white = try gridded.canonicalVolume(
      of: probabilities.select(1, Int(Tissue.whiteMatter.rawValue)), inside: gridded.scoredBrain)
    let image = gridded.orientation.apply(gridded.native)
    let values = zip(image.voxels, white.voxels).compactMap { $1 > 0.5 && $0.isFinite ? $0 : nil }
    guard !values.isEmpty else { return nil }
    let (median, deviation) = RobustStatistics.medianAndDeviation(of: values)
    guard deviation > 0 else { return nil }
    return Volume(
      geometry: white.geometry,
      voxels: image.voxels.map { value in
        guard value.isFinite else { return 0 }
        return min(max((value - median) / deviation, Self.limits.lowerBound), Self.limits.upperBound)
      })
  }
}
