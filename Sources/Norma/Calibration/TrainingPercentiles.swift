/// Percentiles of the score in the brains of lesion-free training scans, by which Baur et al. (2018) choose a
/// threshold.
///
/// The model was trained on these scans, so its scores in them may be lower than in others.
public struct TrainingPercentiles: Codable, Hashable, Sendable {
  /// One percentile.
  public struct Point: Codable, Hashable, Sendable {
    /// 95, 98 or 99.
    public let percentile: Double
    /// The score that this percentage of the voxels does not exceed.
    public let threshold: Double
  }

  /// The points, percentiles and thresholds rising.
  public let curve: [Point]
  /// Number of those scans.
  public let cases: Int
  /// Brain voxels of those scans.
  public let voxels: Int

  /// The percentile that `segment` uses.
  public static let usual = 98.0
  private static let percentiles = [95, usual, 99]

  /// The percentiles of scores; nil if there is no score.
  init?(scores: ScoreHistogram, cases: Int) {
    guard scores.total > 0 else { return nil }
    curve = Self.percentiles.map {
      Point(percentile: $0, threshold: Double(scores.threshold(exceededBy: (100 - $0) / 100)))
    }
    self.cases = cases
    voxels = scores.total
  }
}
