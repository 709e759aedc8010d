import Base

/// How often people exceed thresholds that were measured on others: stated rates beside what is observed.
public struct Reliability: Codable, Hashable, Sendable {
  /// One stated rate.
  public struct Point: Codable, Hashable, Sendable {
    /// The false-positive rate whose threshold it is.
    public let stated: Double
    /// Fraction of the brain voxels of all held-back people above the thresholds of the others.
    public let observed: Double
    /// The 95 % interval [low, high] of what is observed, by a bootstrap over people.
    public let interval: [Double]
    /// 5th and 95th percentile of the single people's own fractions.
    public let people: [Double]

    /// Whether the interval holds the stated rate.
    public var holds: Bool { interval[0] <= stated && stated <= interval[1] }
  }

  /// Rising stated rate: 1, 5 and 10 %.
  public let points: [Point]
  /// People who were held back, each once.
  public let participants: Int

  /// How finely the scores of a person are kept.
  static let fractionBits: UInt32 = 8
  private static let fewest = 3
  private static let samples = 1000

  /// Each person's scores (at ``fractionBits``, at least one) against the thresholds of all others; nil for fewer than
  /// three people.
  init?(of people: [ScoreHistogram], seed: UInt64) throws {
    guard people.count >= Self.fewest else { return nil }
    let all = people.reduce(ScoreHistogram(fractionBits: Self.fractionBits), +)
    try self.init(
      of: people, above: people.map { (all - $0).thresholds(exceededBy: Calibration.reportedRates) },
      seed: seed)
  }

  /// Each person's scores against thresholds of their own, one a rate.
  init(of people: [ScoreHistogram], above thresholds: [[Float]], seed: UInt64) throws {
    let exceeding = zip(people, thresholds).map { person, thresholds in thresholds.map(person.count) }
    let rows = zip(exceeding, people).map { ($0 + [$1.total]).map(Float.init) }
    let bootstrap = try Bootstrap(participants: people.count, samples: Self.samples, seed: seed)
    let intervals = try bootstrap.intervals(rows, count: Calibration.reportedRates.count) { sums in
      sums.dropLast().map { $0 / sums[sums.count - 1] }
    }
    let voxels = people.reduce(0) { $0 + $1.total }
    participants = people.count
    points = Calibration.reportedRates.indices.map { rate in
      let own = zip(exceeding, people).map { Double($0[rate]) / Double($1.total) }.sorted()
      let observed = Double(exceeding.reduce(0) { $0 + $1[rate] }) / Double(voxels)
      return Point(
        stated: Calibration.reportedRates[rate], observed: observed,
        interval: intervals[rate] ?? [observed, observed],
        people: [own.quantile(0.05), own.quantile(0.95)])
    }
  }
}
