import Foundation
import Norma
import NormaReports

/// The files of an evaluation: `evaluation.json`, `cases.tsv`, `report.html`.
struct EvaluationPages {
  private let evaluation: Evaluation

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  func write(to folder: URL) throws -> [URL] {
    let json = folder.appendingPathComponent("evaluation.json")
    let table = folder.appendingPathComponent("cases.tsv")
    let report = folder.appendingPathComponent("report.html")
    try AtomicFile.write(json: evaluation, to: json)
    try AtomicFile.write(caseTable, to: table)
    try page.write(to: report)
    return [json, table, report]
  }

  /// Lines for the terminal.
  static func summary(_ evaluation: Evaluation) -> String {
    func line(_ name: String, _ value: Double?, _ interval: [Double]?) -> String {
      let range = interval.map { "  [\(number($0.first)), \(number($0.last))]" } ?? ""
      return "\(name.padding(toLength: 34, withPad: " ", startingAt: 0))\(number(value))\(range)"
    }
    let missing = evaluation.casesWithoutPrediction
    let heading =
      "\(evaluation.method): \(evaluation.cases) cases, prevalence \(number(evaluation.prevalence))"
      + (missing > 0 ? "; \(missing) cases have no prediction" : "")
    let ranking = [
      line("AUPRC", evaluation.auprc, evaluation.auprcInterval),
      line("Dice, oracle threshold", evaluation.diceOracle, evaluation.diceOracleInterval),
    ]
    let points = evaluation.operatingPoints.map { point in
      line("Dice at \(point.title)", point.dice, point.diceInterval)
        + "  observed FPR \(number(point.observedFPR))"
    }
    return ([heading] + ranking + points).joined(separator: "\n")
  }

  private static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "n/a" }

  private typealias AtPoint = Evaluation.Case.AtPoint

  /// The columns of each operating point, after its name.
  private static let pointColumns: [(name: String, value: @Sendable (AtPoint) -> Double?)] = [
    ("observed_fpr", { $0.observedFPR }), ("dice", { $0.dice }), ("precision", { $0.precision }),
    ("recall", { $0.recall }),
    ("hd95_mm", { $0.hd95 }), ("surface_dice_1mm", { $0.surfaceDice }),
    ("absolute_volume_difference_percent", { $0.absoluteVolumeDifference }),
    ("lesion_recall", { $0.lesionRecall }),
    ("lesion_f1", { $0.lesionF1 }), ("predicted_volume_ml", { $0.predictedVolume }),
    ("predicted_regions", { $0.predictedRegions.map(Double.init) }),
  ]

  private var caseTable: String {
    let points = evaluation.operatingPoints.map(\.name)
    let figures = ["auprc", "dice_oracle", "score_mean", "score_p99_9", "score_max"]
    var table = Table(
      columns: ["case_id", "participant_id", "brain_voxels", "lesion_voxels"] + figures
        + points.flatMap { point in Self.pointColumns.map { "\(point)_\($0.name)" } })
    table.rows = evaluation.table.map { row in
      let atPoints = points.flatMap { point in
        Self.pointColumns.map { column in row.operatingPoints[point].flatMap(column.value) }
      }
      let figures = [row.auprc, row.diceOracle, row.scoreMean, row.scoreP999, row.scoreMaximum]
      return [row.caseID, row.participantID, "\(row.brainVoxels)", "\(row.lesionVoxels)"]
        + (figures + atPoints).map { $0.map { String(format: "%.6f", $0) } ?? "n/a" }
    }
    return table.text
  }

  private var page: HTMLPage {
    func estimate(_ value: Double?, _ interval: [Double]?) -> EvaluationReport.Estimate {
      EvaluationReport.Estimate(value ?? .nan, interval: interval.map { $0[0]...$0[1] })
    }
    let first = evaluation.operatingPoints.first
    let method = EvaluationReport.Method(
      name: evaluation.method,
      estimates: [
        estimate(evaluation.auprc, evaluation.auprcInterval),
        estimate(evaluation.auroc, evaluation.aurocInterval),
        estimate(evaluation.diceOracle, evaluation.diceOracleInterval),
      ],
      curve: PrecisionRecallPlot.Curve(
        name: evaluation.method, recall: evaluation.curve.map(\.recall),
        precision: evaluation.curve.map(\.precision), area: evaluation.auprc ?? .nan),
      perCase: first.map { first in
        evaluation.table.compactMap { $0.operatingPoints[first.name]?.dice }
      } ?? [])
    return EvaluationReport(
      subject: "\(evaluation.cases) cases",
      metrics: ["AUPRC", "AUROC", "Dice (oracle)"],
      intervalNote: "95 % bootstrap interval over participants", methods: [method],
      prevalence: evaluation.prevalence,
      perCaseMetric: first.map { "Dice at \($0.title)" } ?? "Dice",
      details: EvaluationDetails(evaluation).sections,
      provenance: ReportProvenance(bundleName: evaluation.method)
    ).page
  }
}
