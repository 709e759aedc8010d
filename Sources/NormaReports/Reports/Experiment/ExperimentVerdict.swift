import Norma

/// Whether the methods beat the best baseline, in words computed from AUPRC and its intervals.
struct ExperimentVerdict {
  /// The comparison of a row with the baseline.
  enum Outcome: Int, Comparable {
    /// Its AUPRC is not higher.
    case notAbove
    /// Higher, with intervals that overlap.
    case unclear
    /// Higher, with intervals apart.
    case above

    static func < (a: Outcome, b: Outcome) -> Bool { a.rawValue < b.rawValue }
  }

  private let results: ExperimentResults
  private let baseline: (row: ExperimentResults.Row, figure: ExperimentResults.Figure)?

  init(_ results: ExperimentResults) {
    self.results = results
    let baselines = ExperimentPlan.baselines
    baseline = results.headlines.filter { baselines.contains($0.method) }.compactMap { row in
      row.figures["auprc"].map { (row, $0) }
    }.max { $0.1.mean < $1.1.mean }
  }

  static func outcome(
    _ figure: ExperimentResults.Figure, beside baseline: ExperimentResults.Figure
  ) -> Outcome {
    guard figure.mean > baseline.mean else { return .notAbove }
    guard let low = figure.interval?.first, let high = baseline.interval?.last else { return .unclear }
    return low > high ? .above : .unclear
  }

  /// The result in one paragraph.
  var paragraph: String {
    guard let baseline else {
      return
        "This experiment has no baseline that learns nothing, so it does not show whether a method beats one."
    }
    let networks = outcomes.filter { ExperimentPlan.isStochastic($0.method) }.map {
      $0.rows.map(\.outcome).max()
    }
    let start =
      "\(capitalised(name(baseline.row))), which learns nothing, reaches an AUPRC of \(text(baseline.figure)). "
    guard !networks.isEmpty else { return start + "This experiment has no network." }
    if networks.count == 1, let only = outcomes.first(where: { ExperimentPlan.isStochastic($0.method) }) {
      return start + "The one network compared, \(ExperimentNames.method(only.method)), "
        + "\(words(networks[0] ?? .notAbove))."
    }
    func count(_ outcome: Outcome) -> Int { networks.filter { $0 == outcome }.count }
    if count(.notAbove) == networks.count {
      return start + "None of the \(networks.count) networks compared beats it, under any of its chains."
    }
    return start
      + "Of \(networks.count) networks, each by the better of its chains, \(count(.above)) beat it, "
      + "\(count(.unclear)) come out above it with intervals that overlap, which does not show that they find "
      + "more, and \(count(.notAbove)) do not beat it."
  }

  /// The outcome of each method other than the baseline.
  var facts: [(name: String, value: String)] {
    outcomes.map { method, rows in
      let clauses = [Outcome.above, .unclear, .notAbove].compactMap { outcome -> String? in
        let those = rows.filter { $0.outcome == outcome }
        guard !those.isEmpty else { return nil }
        let figures = those.map { "\(ExperimentNames.chain($0.row.chain)): \(text($0.figure))" }
        return "\(words(outcome)) (\(figures.joined(separator: "; ")))"
      }
      let limited = rows.first { results.isLimited($0.row) }.map {
        "; scored on \(results.scans($0.row)) scans, not on those that the baseline was scored on"
      }
      return (ExperimentNames.method(method), clauses.joined(separator: "; ") + (limited ?? ""))
    }
  }

  private typealias Compared = (
    row: ExperimentResults.Row, figure: ExperimentResults.Figure, outcome: Outcome
  )

  private var outcomes: [(method: String, rows: [Compared])] {
    guard let baseline else { return [] }
    return results.methods.filter { $0 != baseline.row.method }.compactMap { method in
      let rows = results.headlines.filter { $0.method == method }.compactMap { row -> Compared? in
        row.figures["auprc"].map { (row, $0, Self.outcome($0, beside: baseline.figure)) }
      }
      return rows.isEmpty ? nil : (method, rows)
    }
  }

  private func words(_ outcome: Outcome) -> String {
    let baseline = baseline.map { name($0.row) } ?? ""
    return switch outcome {
    case .above: "beats \(baseline)"
    case .unclear: "is above \(baseline) with intervals that overlap, which does not show that it finds more"
    case .notAbove: "does not beat \(baseline)"
    }
  }

  private func name(_ row: ExperimentResults.Row) -> String { ExperimentNames.method(row.method) }

  private func text(_ figure: ExperimentResults.Figure) -> String {
    [decimals(figure.mean), decimals(figure.interval)].compactMap { $0 }.joined(separator: " ")
  }

  private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
