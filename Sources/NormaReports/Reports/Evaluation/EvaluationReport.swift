import Foundation
public import Norma

/// The page that `norma evaluate` leaves beside `evaluation.json`, and its lines for a terminal.
public struct EvaluationReport: Sendable {
  private let evaluation: Evaluation
  private let provenance: ReportProvenance

  /// A report about an evaluation.
  public init(_ evaluation: Evaluation, provenance: ReportProvenance) {
    (self.evaluation, self.provenance) = (evaluation, provenance)
  }

  /// The page.
  public var page: HTMLPage {
    HTMLPage(
      title: "Evaluation on \(evaluation.cases) cases", subtitle: provenance.subtitle,
      sections: [
        HTMLPage.Section("Metrics", [.table(metrics)]),
        HTMLPage.Section("Curves and cases", [precisionRecall, diceByCase].compactMap { $0 }),
      ] + EvaluationDetails(evaluation).sections + [provenance.section])
  }

  private var metrics: ReportTable {
    ReportTable(
      caption: "Each value with its 95 % bootstrap interval over participants",
      columns: [.text("Method"), .number("AUPRC"), .number("AUROC"), .number("Dice (oracle)")],
      rows: [
        [
          evaluation.method, aligned(evaluation.auprc, evaluation.auprcInterval),
          aligned(evaluation.auroc, evaluation.aurocInterval),
          aligned(evaluation.diceOracle, evaluation.diceOracleInterval),
        ]
      ])
  }

  private var precisionRecall: HTMLPage.Block {
    let curve = PrecisionRecallPlot.Curve(
      name: evaluation.method, recall: evaluation.curve.map(\.recall),
      precision: evaluation.curve.map(\.precision), area: evaluation.auprc ?? .nan)
    return .plot(
      PrecisionRecallPlot(curves: [curve], prevalence: evaluation.prevalence).svg,
      caption: "Precision and recall of voxels at every threshold; dashed, what guessing reaches.")
  }

  private var diceByCase: HTMLPage.Block? {
    guard let point = evaluation.operatingPoints.first else { return nil }
    let values = evaluation.table.compactMap { $0.operatingPoints[point.name]?.dice }
    guard !values.isEmpty else { return nil }
    let label = "Dice at \(point.title)"
    return .plot(
      BoxPlot(
        title: "\(label) of each case", yLabel: label, groups: [.init(evaluation.method, values: values)],
        yRange: 0...1
      ).svg, caption: "Each dot is one case; boxes are quartiles, whiskers reach 1.5 box heights.")
  }

  /// The headline figures, one line each.
  public var summary: String {
    let missing = evaluation.casesWithoutPrediction
    let heading =
      "\(evaluation.method): \(evaluation.cases) cases, prevalence \(Self.number(evaluation.prevalence))"
      + (missing > 0 ? "; \(missing) cases have no prediction" : "")
    let ranking = [
      ("AUPRC", Self.text(evaluation.auprc, evaluation.auprcInterval)),
      ("Dice, oracle threshold", Self.text(evaluation.diceOracle, evaluation.diceOracleInterval)),
    ]
    let points = evaluation.operatingPoints.map { point in
      (
        "Dice at \(point.title)",
        Self.text(point.dice, point.diceInterval) + "  observed FPR \(Self.number(point.observedFPR))"
      )
    }
    let lines = ranking + points, width = 2 + (lines.map(\.0.count).max() ?? 0)
    return ([heading] + lines.map { $0.padding(toLength: width, withPad: " ", startingAt: 0) + $1 })
      .joined(separator: "\n")
  }

  private static func text(_ value: Double?, _ interval: [Double]?) -> String {
    number(value) + (interval.map { "  [\(number($0.first)), \(number($0.last))]" } ?? "")
  }

  private static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "n/a" }
}
