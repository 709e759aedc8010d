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
      return "\(name)  \(number(value))\(range)"
    }
    let missing = evaluation.casesWithoutPrediction
    return [
      "\(evaluation.method): \(evaluation.cases) cases, prevalence \(number(evaluation.prevalence))"
        + (missing > 0 ? "; \(missing) cases have no prediction" : ""),
      line("AUPRC                      ", evaluation.auprc, evaluation.auprcInterval),
      line("Dice, oracle threshold     ", evaluation.diceOracle, evaluation.diceOracleInterval),
      line("Dice at healthy FPR 1 %    ", evaluation.diceFPR01, evaluation.diceFPR01Interval)
        + "  observed FPR \(number(evaluation.observedFPR01))",
      line("Dice at healthy FPR 5 %    ", evaluation.diceFPR05, evaluation.diceFPR05Interval)
        + "  observed FPR \(number(evaluation.observedFPR05))",
      line("Dice at healthy FPR 10 %   ", evaluation.diceFPR10, evaluation.diceFPR10Interval)
        + "  observed FPR \(number(evaluation.observedFPR10))",
    ].joined(separator: "\n")
  }

  private static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "n/a" }

  private var caseTable: String {
    var table = Table(columns: [
      "case_id", "participant_id", "brain_voxels", "lesion_voxels", "auprc", "dice_oracle", "dice_fpr_01",
      "dice_fpr_05", "dice_fpr_10", "observed_fpr_01", "observed_fpr_05", "observed_fpr_10",
    ])
    table.rows = evaluation.table.map { row in
      [row.caseID, row.participantID, "\(row.brainVoxels)", "\(row.lesionVoxels)"]
        + [
          row.auprc, row.diceOracle, row.diceFPR01, row.diceFPR05, row.diceFPR10, row.observedFPR01,
          row.observedFPR05, row.observedFPR10,
        ].map { $0.map { String(format: "%.6f", $0) } ?? "n/a" }
    }
    return table.text
  }

  private var page: HTMLPage {
    func estimate(_ value: Double?, _ interval: [Double]?) -> EvaluationReport.Estimate {
      EvaluationReport.Estimate(value ?? .nan, interval: interval.map { $0[0]...$0[1] })
    }
    let method = EvaluationReport.Method(
      name: evaluation.method,
      estimates: [
        estimate(evaluation.auprc, evaluation.auprcInterval),
        estimate(evaluation.diceOracle, evaluation.diceOracleInterval),
        estimate(evaluation.diceFPR01, evaluation.diceFPR01Interval),
        estimate(evaluation.diceFPR05, evaluation.diceFPR05Interval),
        estimate(evaluation.diceFPR10, evaluation.diceFPR10Interval),
      ],
      curve: PrecisionRecallPlot.Curve(
        name: evaluation.method, recall: evaluation.curve.map(\.recall),
        precision: evaluation.curve.map(\.precision), area: evaluation.auprc ?? .nan),
      perCase: evaluation.table.compactMap(\.diceFPR01))
    return EvaluationReport(
      subject: "\(evaluation.cases) cases",
      metrics: ["AUPRC", "Dice (oracle)", "Dice at FPR 1 %", "Dice at FPR 5 %", "Dice at FPR 10 %"],
      intervalNote: "95 % bootstrap interval over participants", methods: [method],
      prevalence: evaluation.prevalence, perCaseMetric: "Dice at healthy FPR 1 %",
      provenance: ReportProvenance(bundleName: evaluation.method)
    ).page
  }
}
