import Norma

/// The tables of an experiment for page and Markdown.
struct ExperimentTables {
  let results: ExperimentResults

  private typealias Cell = FigureTable.Cell

  private static let atOnePercent = "dice_fpr_0.01"
  private static let steps = [
    "raw", "positive part", "median", "eroded mask", "brightness prior", "component filter", "divided by sd",
  ]
  private static let points = [
    ("fpr_0.01", "Dice at FPR 1 %"), ("fpr_0.05", "Dice at FPR 5 %"),
    ("fpr_0.10", "Dice at FPR 10 %"),
    ("training_percentile_98", "Dice at the training 98th percentile"),
    ("labelled_validation", "Dice at labelled validation"),
  ]

  /// The headline rows.
  var main: FigureTable {
    let rows = results.headlines
    let points = Self.points.filter { name, _ in rows.contains { $0.figures["dice_\(name)"] != nil } }
    return FigureTable(
      caption: "Mean over seeds; in brackets from the lowest to the highest end of the seeds' 95 % intervals "
        + "(bootstrap over participants); below each Dice the false-positive rate of its threshold "
        + "in the test scans. Oracle: best threshold on the test labels, an upper bound. "
        + "Time: of the first seed, median and 5th to 95th percentile over scans.",
      columns: [.text("Method"), .text("Chain"), .number("Seeds"), .number("Test scans"), .number("AUPRC")]
        + [.number("Dice, oracle")] + points.map { .number($0.1) }
        + [.number("AUROC"), .number("Time per slice")],
      rows: rows.map { row in
        [
          Cell(ExperimentNames.method(row.method)), Cell(ExperimentNames.chain(row.chain)),
          Cell("\(row.seeds)"), Cell(results.scans(row)), Self.cell(row.figures["auprc"]),
          Self.cell(row.figures["dice_oracle"]),
        ]
          + points.map { name, _ in
            Self.cell(
              row.figures["dice_\(name)"],
              more: row.figures["observed_fpr_\(name)"].map { "(FPR \(Self.percent($0.mean)))" })
          } + [Self.cell(row.figures["auroc"]), Self.time(row.secondsPerSlice)]
      })
  }

  /// Post-processing step by step, one line per method.
  var ablation: FigureTable {
    let shown = ["auprc", "dice_oracle", Self.atOnePercent]
    var chains = [String]()
    for row in results.rows where !chains.contains(row.chain) { chains.append(row.chain) }
    chains.sort { (Self.steps.firstIndex(of: $0) ?? 0) < (Self.steps.firstIndex(of: $1) ?? 0) }
    return FigureTable(
      caption:
        "AUPRC / oracle Dice / Dice at FPR 1 %, mean over seeds. Each step is added to the steps on "
        + "its left, except for the division by sd, which replaces the component filter. Methods that do not "
        + "reconstruct have no negative part to drop.",
      columns: [.text("Method")] + chains.map(ReportTable.Column.number),
      rows: results.plan.methods.compactMap { method in
        let rows = results.rows.filter { $0.method == method }
        guard !rows.isEmpty else { return nil }
        return [Cell(ExperimentNames.method(method))]
          + chains.map { chain in
            let row = rows.first { $0.chain == chain }
            return Cell(
              row.map { row in
                shown.map { decimals(row.figures[$0]?.mean) }.joined(separator: " / ")
              } ?? "–")
          }
      })
  }

  private static func cell(_ figure: ExperimentResults.Figure?, more: String? = nil) -> Cell {
    guard let figure else { return "–" }
    return Cell(decimals(figure.mean), below: [decimals(figure.interval), more].compactMap { $0 })
  }

  private static func percent(_ rate: Double) -> String { "\(aligned(100 * rate)) %" }

  private static func time(_ seconds: RunResult.Seconds) -> Cell {
    Cell(seconds.medianText, below: [seconds.intervalText])
  }
}
