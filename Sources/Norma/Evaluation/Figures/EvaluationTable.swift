import Base
package import Foundation

extension Evaluation {
  /// Writes `evaluation.json` and `cases.tsv` into a folder and returns them.
  package func write(to folder: URL) throws -> [URL] {
    let json = folder.appendingPathComponent("evaluation.json")
    let table = folder.appendingPathComponent("cases.tsv")
    try AtomicFile.write(json: self, to: json)
    try AtomicFile.write(caseTable, to: table)
    return [json, table]
  }

  /// The text of `cases.tsv`: one row per case, the figures of each operating point after its name.
  var caseTable: String {
    let points = operatingPoints.map(\.name)
    var table = Table(
      columns: ["case_id", "participant_id", "brain_voxels", "lesion_voxels"]
        + Case.figureColumns.map(\.name)
        + points.flatMap { point in Case.AtPoint.columns.map { "\(point)_\($0.name)" } })
    table.rows = self.table.map { row in
      let figures = Case.figureColumns.map { $0.value(row) }
      let atPoints = points.flatMap { point in
        Case.AtPoint.columns.map { column in row.operatingPoints[point].flatMap(column.value) }
      }
      return [row.caseID, row.participantID, "\(row.brainVoxels)", "\(row.lesionVoxels)"]
        + (figures + atPoints).map { $0.map { String(format: "%.6f", $0) } ?? "n/a" }
    }
    return table.text
  }
}

extension Evaluation.Case {
  fileprivate static let figureColumns: [(name: String, value: @Sendable (Self) -> Double?)] = [
    ("auprc", { $0.auprc }), ("dice_oracle", { $0.diceOracle }), ("score_mean", { $0.scoreMean }),
    ("score_p99_9", { $0.scoreP999 }), ("score_max", { $0.scoreMaximum }),
  ]
}

extension Evaluation.Case.AtPoint {
  fileprivate static let columns: [(name: String, value: @Sendable (Self) -> Double?)] = [
    ("observed_fpr", { $0.observedFPR }), ("dice", { $0.dice }), ("precision", { $0.precision }),
    ("recall", { $0.recall }), ("hd95_mm", { $0.hd95 }), ("surface_dice_1mm", { $0.surfaceDice }),
    ("absolute_volume_difference_percent", { $0.absoluteVolumeDifference }),
    ("lesion_recall", { $0.lesionRecall }), ("lesion_f1", { $0.lesionF1 }),
    ("predicted_volume_ml", { $0.predictedVolume }),
    ("predicted_regions", { $0.predictedRegions.map(Double.init) }),
  ]
}
