import Base

/// The participants of an evaluation, in an order that does not depend on the order of cases, and their
/// resampling.
struct Participants {
  /// The indices of each participant's cases.
  private let cases: [[Int]]
  /// Each participant's group: how many other participants were added before.
  let groups: [Int]
  let bootstrap: Bootstrap

  /// `cases` lists the case indices of each participant in the order in which participants were added.
  init(ids: [String], cases: [[Int]], samples: Int, seed: UInt64) throws {
    groups = ids.indices.sorted { ids[$0] < ids[$1] }
    self.cases = groups.map { cases[$0] }
    bootstrap = try Bootstrap(participants: ids.count, samples: samples, seed: seed)
  }

  var count: Int { cases.count }

  /// Sums up one value per case; nil where it is defined in no case.
  func summary(_ values: [Double?]) throws -> Evaluation.Summary? {
    let perParticipant = cases.map { cases in Self.mean(cases.compactMap { values[$0] }.sorted()) }
    let defined = perParticipant.compactMap { $0 }.sorted()
    guard let mean = Self.mean(defined) else { return nil }
    let interval = try bootstrap.interval(perParticipant.map { [Float($0 ?? 0), $0 == nil ? 0 : 1] }) {
      $0[1] == 0 ? nil : $0[0] / $0[1]
    }
    let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Evaluation.Summary(
      mean: mean, sd: defined.count > 1 ? (squares / Double(defined.count - 1)).squareRoot() : 0,
      median: defined.quantile(0.5), interval: interval ?? [mean, mean], participants: defined.count)
  }

  /// The interval of a statistic of counts that are summed over cases.
  func interval(_ counts: [[Int]], statistic: ([Double]) -> Double?) throws -> [Double]? {
    let rows = cases.map { cases in
      counts[0].indices.map { column in Float(cases.reduce(0) { $0 + counts[$1][column] }) }
    }
    return try bootstrap.interval(rows, statistic: statistic)
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
