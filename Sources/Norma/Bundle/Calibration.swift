/// Thresholds of the anomaly map, and how often healthy (lesion-free) voxels exceed a threshold, measured on validation cases without lesions.
public struct Calibration: Codable, Hashable, Sendable {
  /// One point of the curve.
  public struct Point: Codable, Hashable, Sendable {
    /// Fraction of lesion-free brain voxels above the threshold.
    public let rate: Double
    /// The score that this fraction exceeds.
    public let threshold: Double
  }

  /// Rising rate, falling threshold.
  public let curve: [Point]
  /// Lesion-free validation cases and brain voxels behind the curve.
  public let cases: Int
  /// Brain voxels of those cases.
  public let voxels: Int
  /// What lesion-free training scans give; nil where there was none and in bundles older than this key.
  public var trainingPercentiles: TrainingPercentiles?
  /// What validation scans with lesions give; nil where there was none and in bundles older than this key.
  public var labelledValidation: LabelledValidation?

  /// The rates of the curve: 0.01 % to 50 %, 1, 5 and 10 % among them.
  private static let rates =
    [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3] + (1...50).map { Double($0) / 100 }

  init(scores: ScoreHistogram, cases: Int) {
    // A rate below one voxel in all says nothing.
    let rates = Self.rates.filter { $0 * Double(scores.total) >= 1 }
    curve = zip(rates, scores.thresholds(exceededBy: rates)).map { Point(rate: $0, threshold: Double($1)) }
    self.cases = cases
    voxels = scores.total
  }

  /// The threshold at a false-positive rate, linear between the points of the curve.
  public func threshold(atRate rate: Double) throws -> Double {
    guard let first = curve.first, let last = curve.last, (first.rate...last.rate).contains(rate) else {
      throw Problem(
        .usage, "the bundle has no threshold for a false-positive rate of \(rate)", at: "--fpr",
        advice: "give a rate from \(curve.first?.rate ?? 0) to \(curve.last?.rate ?? 0), or --threshold")
    }
    guard let upper = curve.firstIndex(where: { $0.rate >= rate }), upper > 0, curve[upper].rate > rate else {
      return curve.first { $0.rate >= rate }?.threshold ?? last.threshold
    }
    let (low, high) = (curve[upper - 1], curve[upper])
    let fraction = (rate - low.rate) / (high.rate - low.rate)
    return low.threshold + fraction * (high.threshold - low.threshold)
  }

  /// The fraction of lesion-free voxels above a score, linear between the points of the curve; at most the rate of the
  /// first point above it, at least that of the last below it.
  public func rate(above score: Double) -> Double {
    guard let first = curve.first, let last = curve.last, score < first.threshold else {
      return curve.first?.rate ?? 0
    }
    guard let lower = curve.firstIndex(where: { $0.threshold <= score }), lower > 0 else { return last.rate }
    let (high, low) = (curve[lower - 1], curve[lower])
    let fraction = (high.threshold - score) / (high.threshold - low.threshold)
    return high.rate + fraction * (low.rate - high.rate)
  }
}
