import Base
import Cohort
import Foundation

extension CohortSegmentation {
  /// The columns of `cases.tsv`; paths are relative to its folder.
  static let columns =
    [
      "case_id", "status", "message", "image", "anomaly_map", "mask", "lesion_volume_ml", "lesion_count",
      "seconds", "brain_mask", "participant_id", "threshold", "peak_threshold", "scored_fraction", "bundle",
    ] + RegionalLoad.columns.map(\.name)

  /// The rows of `cases.tsv`.
  func table(of rows: [Row]) -> Table {
    var table = Table(columns: Self.columns)
    table.rows = rows.map { row in
      let files = CaseFiles(caseID: row.scan.id), result = row.result
      func ifDone(_ file: String) -> String { result == nil ? "n/a" : file }
      return [
        row.scan.id, result == nil ? "failed" : "ok", row.message.isEmpty ? "n/a" : row.message,
        row.scan.image.path(relativeTo: output), ifDone(files.anomalyMap), ifDone(files.mask),
        result?.lesionVolumeML.formatted(fraction: 4) ?? "n/a", result.map { "\($0.lesions.count)" } ?? "n/a",
        row.seconds.formatted(fraction: 2), ifDone(files.brain), row.scan.participantID,
        "\(row.rule.extent)", row.rule.peak.map { "\($0)" } ?? "n/a",
        result?.scoredFraction.formatted(fraction: 3) ?? "n/a",
        bundle.description.name,
      ] + RegionalLoad.columns.cells(of: result.flatMap(RegionalLoad.init))
    }
    return table
  }
}
