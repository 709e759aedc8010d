import Base
import Foundation

/// A finished experiment: the contents of `results.json`.
public struct ExperimentResults: Codable, Sendable {
  /// The version of this layout.
  public var schemaVersion = 1
  /// The release that wrote the results.
  public var normaVersion = NormaVersion.current
  /// The plan.
  public let plan: ExperimentPlan
  /// The data.
  public let data: ExperimentData
  /// Every finished method, including those of earlier calls, in the order of the tables.
  public let methods: [String]
  /// The main table and the ablation, summarised over seeds.
  public let rows: [Row]
  /// The results by method and seed; the rows of the cases are in the files of the runs.
  public private(set) var runs: [RunResult]

  /// A method under one chain, over all its seeds.
  public struct Row: Codable, Hashable, Sendable {
    /// The preset's name without the scale.
    public let method: String
    /// The chain's name.
    public let chain: String
    /// Whether the chain is one of the method's headlines.
    public let isHeadline: Bool
    /// Number of seeds.
    public let seeds: Int
    /// Number of test scans; fewer than all for a slow search.
    public let testCases: Int
    /// The figures by name: `auprc`, `dice_oracle`, `auroc`, and per operating point `dice_…` and
    /// `observed_fpr_…`.
    public let figures: [String: Figure]
    /// Time for one slice.
    public let secondsPerSlice: RunResult.Seconds
  }

  /// A figure over seeds.
  public struct Figure: Codable, Hashable, Sendable {
    /// Mean over seeds.
    public let mean: Double
    /// The range from the lowest lower to the highest upper end of the seeds' 95 % intervals (bootstrap over
    /// participants).
    public let interval: [Double]?
    /// The value of each seed.
    public let values: [Double]

    /// Summarises seeds; nil if there are none.
    package init?(over seeds: [(value: Double, interval: [Double]?)]) {
      guard !seeds.isEmpty else { return nil }
      values = seeds.map(\.value)
      mean = values.reduce(0, +) / Double(values.count)
      let lows = seeds.compactMap(\.interval?.first), highs = seeds.compactMap(\.interval?.last)
      interval = lows.min().flatMap { low in highs.max().map { [low, $0] } }
    }
  }

  init(runs: [RunResult], plan: ExperimentPlan, data: ExperimentData) {
    (self.plan, self.data, self.runs) = (plan, data, runs)
    let finished = Set(runs.map(\.method))
    let order = ExperimentPlan.baur2018 + plan.methods + finished.sorted()
    methods = order.reduce(into: []) { if finished.contains($1) && !$0.contains($1) { $0.append($1) } }
    rows = methods.flatMap { method in
      let seeds = runs.filter { $0.method == method }
      return seeds.first.map { $0.chains.compactMap { Row(chain: $0.name, of: seeds) } } ?? []
    }
  }

  /// Writes `results.json` and `results.tsv`.
  func write(to folder: ExperimentFolder) throws {
    var short = self
    short.runs = runs.map(\.summary)
    try AtomicFile.write(json: short, to: folder.results)
    try AtomicFile.write(table.text, to: folder.table)
  }

  /// One row per method, chain and seed.
  private var table: Table {
    let names = Set(rows.flatMap(\.figures.keys)).sorted()
    var table = Table(
      columns: ["method", "chain", "headline", "seed", "test_cases", "seconds_per_slice"]
        + names.flatMap { [$0, "\($0)_low", "\($0)_high"] })
    for run in runs {
      for chain in run.chains {
        let figures = chain.evaluation.namedFigures
        table.rows.append(
          [
            run.method, chain.name, "\(run.headlines.contains(chain.name))", "\(run.seed)",
            "\(run.testCases)", run.secondsPerSlice.median.formatted(fraction: 5),
          ]
            + names.flatMap { name -> [String] in
              let figure = figures[name]
              return [figure?.value, figure?.interval?.first, figure?.interval?.last].map {
                $0?.formatted(fraction: 5) ?? "n/a"
              }
            })
      }
    }
    return table
  }
}

extension ExperimentResults.Row {
  /// Summarises a chain over all seeds of a method; nil if a seed lacks it.
  init?(chain name: String, of runs: [RunResult]) {
    let evaluations = runs.compactMap { run in run.chains.first { $0.name == name }?.evaluation }
    guard let first = runs.first, evaluations.count == runs.count else { return nil }
    var figures = [String: ExperimentResults.Figure]()
    for (key, _) in evaluations[0].namedFigures {
      figures[key] = ExperimentResults.Figure(over: evaluations.compactMap { $0.namedFigures[key] })
    }
    self.init(
      method: first.method, chain: name, isHeadline: first.headlines.contains(name), seeds: runs.count,
      testCases: first.testCases, figures: figures, secondsPerSlice: first.secondsPerSlice)
  }
}

extension Evaluation {
  /// The figures of the tables, by name.
  var namedFigures: [String: (value: Double, interval: [Double]?)] {
    var figures = [String: (value: Double, interval: [Double]?)]()
    func add(_ name: String, _ value: Double?, _ interval: [Double]? = nil) {
      if let value { figures[name] = (value, interval) }
    }
    add("auprc", auprc, auprcInterval)
    add("auroc", auroc, aurocInterval)
    add("dice_oracle", diceOracle, diceOracleInterval)
    for point in operatingPoints {
      add("dice_\(point.name)", point.dice, point.diceInterval)
      add("observed_fpr_\(point.name)", point.observedFPR)
    }
    return figures
  }
}
