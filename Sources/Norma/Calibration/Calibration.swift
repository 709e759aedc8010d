import Base

/// Thresholds of the anomaly map, and how often voxels of validation scans without a known lesion, or away from
/// known lesions, or of simulated lesion-free brains, exceed a threshold.
public struct Calibration: Codable, Hashable, Sendable {
  /// One point of the curve.
  public struct Point: Codable, Hashable, Sendable {
    /// Fraction of these brain voxels above the threshold.
    public let rate: Double
    /// The score that this fraction exceeds.
    public let threshold: Double
  }

  /// The points, rates rising and thresholds falling.
  public let curve: [Point]
  /// Validation cases, or simulated brains, that the curve was measured on.
  public let cases: Int
  /// Brain voxels of those cases, away from known lesions.
  public let voxels: Int
  /// Participants with such a voxel among those cases; of simulated brains each is one.
  public var participants: Int
  /// The anatomies of the simulated lesion-free brains that the cases are; nil for scans.
  public var anatomies: Int?
  /// The cases with a known lesion, near which no voxel counts; nil where such cases are not used or
  /// were not counted.
  public var casesWithLesion: Int?
  /// How well the curve holds for held-out participants; nil for fewer than three.
  public var reliability: Reliability?
  /// The thresholds of lesion-free training scans; nil if there was none.
  public var trainingPercentiles: TrainingPercentiles?
  /// The threshold of validation scans with lesions; nil if there was none.
  public var labelledValidation: LabelledValidation?
  /// The regions of whole brains among the cases; nil for single slices, for less than one brain, and in
  /// bundles that were calibrated without.
  public var regions: RegionCalibration?

  /// The rates that are reported.
  static let reportedRates = [0.01, 0.05, 0.1]
  /// The rates of the curve: 0.01 % to 50 %, 1, 5 and 10 % among them.
  private static let rates =
    [1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3] + (1...50).map { Double($0) / 100 }

  init(scores: ScoreHistogram, cases: Int, participants: Int) {
    // A rate of less than one voxel cannot be measured.
    let rates = Self.rates.filter { $0 * Double(scores.total) >= 1 }
    curve = zip(rates, scores.thresholds(exceededBy: rates)).map { Point(rate: $0, threshold: Double($1)) }
    (self.cases, self.participants) = (cases, participants)
    voxels = scores.total
  }

  /// Returns the threshold at a false-positive rate (0.01 is 1 %), linear between the points of the curve.
  ///
  /// - Throws: A ``Problem`` of kind `usage` for a rate outside the curve.
  public func threshold(atRate rate: Double) throws -> Double {
    guard let first = curve.first, let last = curve.last, (first.rate...last.rate).contains(rate) else {
      throw Problem(
        .usage, "the bundle has no threshold for a false-positive rate of \(rate)", at: "--fpr",
        advice:
          "give a rate from \(curve.first?.rate ?? 0) to \(curve.last?.rate ?? 0) (1 % is 0.01), or --threshold"
      )
    }
    guard let upper = curve.firstIndex(where: { $0.rate >= rate }), upper > 0, curve[upper].rate > rate else {
      return curve.first { $0.rate >= rate }?.threshold ?? last.threshold
    }
    let (low, high) = (curve[upper - 1], curve[upper])
    let fraction = (rate - low.rate) / (high.rate - low.rate)
    return low.threshold + fraction * (high.threshold - low.threshold)
  }

  /// Returns the fraction of these voxels above a score: linear between the points of the curve, and
  /// from its last point to 1 at a score of 0. Above the first point it is the rate of that point.
  public func rate(above score: Double) -> Double {
    guard let first = curve.first, let last = curve.last, score < first.threshold else {
      return curve.first?.rate ?? 0
    }
    guard let lower = curve.firstIndex(where: { $0.threshold <= score }), lower > 0 else {
      return Self.rate(above: max(score, 0), between: last, and: Point(rate: 1, threshold: 0))
    }
    return Self.rate(above: score, between: curve[lower - 1], and: curve[lower])
  }

  private static func rate(above score: Double, between high: Point, and low: Point) -> Double {
    let fraction = (high.threshold - score) / (high.threshold - low.threshold)
    return high.rate + fraction * (low.rate - high.rate)
  }

  /// Returns the conformal probability that such a voxel of another participant scores at least as high, which
  /// for `n` participants is never below 1 / (n + 1). A score of 0 (as expected, or not scored) gives 1.
  public func exceedance(of score: Double) -> Double {
    guard score > 0 else { return 1 }
    return (Double(participants) * rate(above: score) + 1) / Double(participants + 1)
  }
}
