import Base

/// How often held-out participants exceed thresholds that were measured on the others: stated and observed
/// rates.
public struct Reliability: Codable, Hashable, Sendable {
  /// One stated rate and its observed rates.
  public struct Point: Codable, Hashable, Sendable {
    /// The false-positive rate that the thresholds were measured for.
    public let stated: Double
    /// Fraction of the brain voxels of all participants above the thresholds of the others.
    public let observed: Double
    /// The 95 % interval [low, high] of ``observed``, by a bootstrap over participants.
    public let interval: [Double]
    /// 5th and 95th percentile of the fractions of single participants.
    public let perParticipant: [Double]

    /// Whether the interval contains the stated rate.
    public var holds: Bool { interval[0] <= stated && stated <= interval[1] }
  }

  /// The points, stated rates rising: 1, 5 and 10 %.
  public let points: [Point]
  /// Participants, each of whom was held out once.
  public let participants: Int

  /// Resolution of the histogram of a participant.
  static let fractionBits: UInt32 = 8
  private static let minimumParticipants = 3
  private static let samples = 1000

  /// Compares the scores of each participant (at ``fractionBits``, at least one) with the thresholds of all
  /// others; nil for fewer than three participants.
  init?(of participants: [ScoreHistogram], seed: UInt64) throws {
    guard participants.count >= Self.minimumParticipants else { return nil }
    let all = participants.reduce(ScoreHistogram(fractionBits: Self.fractionBits), +)
    try self.init(
      of: participants,
      above: participants.map { (all - $0).thresholds(exceededBy: Calibration.reportedRates) },
      seed: seed)
  }

  /// Compares the scores of each participant with thresholds of their own, one per rate.
  init(of participants: [ScoreHistogram], above thresholds: [[Float]], seed: UInt64) throws {
    let exceeding = zip(participants, thresholds).map { scores, thresholds in thresholds.map(scores.count) }
    let rows = zip(exceeding, participants).map { ($0 + [$1.total]).map(Float.init) }
    let bootstrap = try Bootstrap(participants: participants.count, samples: Self.samples, seed: seed)
    let intervals = try bootstrap.intervals(rows, count: Calibration.reportedRates.count) { sums in
      sums.dropLast().map { $0 / sums[sums.count - 1] }
    }
    let voxels = participants.reduce(0) { $0 + $1.total }
    self.participants = participants.count
    points = Calibration.reportedRates.indices.map { rate in
      let own = zip(exceeding, participants).map { Double($0[rate]) / Double($1.total) }.sorted()
      let observed = Double(exceeding.reduce(0) { $0 + $1[rate] }) / Double(voxels)
      return Point(
        stated: Calibration.reportedRates[rate], observed: observed,
        interval: intervals[rate] ?? [observed, observed],
        perParticipant: [own.quantile(0.05), own.quantile(0.95)])
    }
  }
}
