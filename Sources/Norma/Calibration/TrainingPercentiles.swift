/// Percentiles of the score in the brains of lesion-free training scans, as Baur et al. (2018) choose a threshold.
///
/// The model has seen these scans, so that its scores on them may be lower than on others.
public struct TrainingPercentiles: Codable, Hashable, Sendable {
  /// One percentile.
  public struct Point: Codable, Hashable, Sendable {
    /// 95, 98 or 99.
    public let percentile: Double
    /// The score that all but this percentage of the voxels do not exceed.
    public let threshold: Double
  }

  /// Rising percentile, rising threshold.
  public let curve: [Point]
  /// Scans behind it.
  public let cases: Int
  /// Brain voxels of those scans.
  public let voxels: Int

  /// The percentile that `segment` uses.
  public static let usual = 98.0
  private static let percentiles = [95, usual, 99]

  /// Nil without a score.
  init?(scores: ScoreHistogram, cases: Int) {
    guard scores.total > 0 else { return nil }
    curve = Self.percentiles.map {
      Point(percentile: $0, threshold: Double(scores.threshold(exceededBy: (100 - $0) / 100)))
    }
    self.cases = cases
    voxels = scores.total
  }
}
