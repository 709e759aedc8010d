import Base
import Cohort
import Foundation

/// What became of one scan of a BIDS data set. Each lies in a file of its own, which no other process writes.
package struct ScanRow: Sendable {
  /// `skipped`: a participant without a scan that is meant; `missing`: nobody processed it.
  package enum Status: String, Sendable {
    case ok, failed, skipped, missing
  }

  package let caseID: String
  package let participantID: String
  package let sessionID: String?
  package let status: Status
  /// What went wrong, or what the reader should know; may be empty.
  package let message: String
  /// A BIDS URI.
  package let image: String?
  package let lesionVolumeML: Double?
  package let lesionCount: Int?
  package let bundle: String?
  package let threshold: Double?

  private init(
    _ status: Status, caseID: String, participantID: String, sessionID: String?, message: String,
    image: String?, lesionVolumeML: Double? = nil, lesionCount: Int? = nil, bundle: String? = nil,
    threshold: Double? = nil
  ) {
    (self.status, self.caseID, self.participantID, self.sessionID) = (
      status, caseID, participantID, sessionID
    )
    (self.message, self.image, self.lesionVolumeML) = (message, image, lesionVolumeML)
    (self.lesionCount, self.bundle, self.threshold) = (lesionCount, bundle, threshold)
  }

  /// A scan that was segmented or failed.
  init(
    _ row: CohortSegmentation.Row, of scan: BIDSLayout.BIDSScan, image: String, bundle: String,
    threshold: Double
  ) {
    let note = row.problem == nil ? scan.note : nil
    self.init(
      row.problem == nil ? .ok : .failed, caseID: row.caseID, participantID: row.participantID,
      sessionID: scan.scanCase.sessionID,
      message: [note ?? "", row.message].filter { !$0.isEmpty }.joined(separator: " "), image: image,
      lesionVolumeML: row.problem == nil ? row.lesionVolumeML : nil,
      lesionCount: row.problem == nil ? row.lesions.count : nil, bundle: bundle, threshold: threshold)
  }

  /// A participant without a scan.
  init(skipped participant: BIDSLayout.Participant) {
    self.init(
      .skipped, caseID: participant.id, participantID: participant.id, sessionID: nil,
      message: participant.missing, image: nil)
  }

  /// A scan, or a participant without one, that nobody processed.
  init(missing caseID: String, participantID: String, sessionID: String?) {
    self.init(
      .missing, caseID: caseID, participantID: participantID, sessionID: sessionID,
      message: "not processed", image: nil)
  }
}

extension ScanRow {
  /// A column of the table with its meaning.
  struct Column: Sendable {
    let name: String
    let description: String
    var units: String?
    var levels: [String: String]?
    let cell: @Sendable (ScanRow, CaseFiles) -> String?
  }

  /// The columns of a row's file; paths are relative to the folder of the derivatives.
  static let columns = [
    Column(name: "participant_id", description: "Participant") { row, _ in row.participantID },
    Column(name: "session_id", description: "Session, where the data set has them") { row, _ in row.sessionID
    },
    Column(name: "case_id", description: "All entities of the scan") { row, _ in row.caseID },
    Column(
      name: "status", description: "What became of the scan",
      levels: [
        "ok": "all results are there", "failed": "no results; the message says why",
        "skipped": "the participant has no such scan", "missing": "not processed",
      ]
    ) { row, _ in row.status.rawValue },
    Column(name: "message", description: "What went wrong or should be known") { row, _ in row.message },
    Column(name: "image", description: "The scan, as a BIDS URI") { row, _ in row.image },
    Column(name: "anomaly_map", description: "Anomaly map") { $0.status == .ok ? $1.anomalyMap : nil },
    Column(name: "mask", description: "Voxels above the threshold") { $0.status == .ok ? $1.mask : nil },
    Column(name: "brain_mask", description: "Voxels that were scored") { $0.status == .ok ? $1.brain : nil },
    Column(name: "lesion_volume_ml", description: "Volume of all lesions", units: "mL") { row, _ in
      row.lesionVolumeML?.formatted(fraction: 4)
    },
    Column(name: "lesion_count", description: "Number of lesions") { row, _ in row.lesionCount.map { "\($0)" }
    },
    Column(name: "bundle", description: "Name of the model") { row, _ in row.bundle },
    Column(name: "threshold", description: "Threshold of the anomaly map") { row, _ in
      row.threshold.map { "\($0)" }
    },
  ]

  var cells: [String] {
    let files = CaseFiles(caseID: caseID)
    return Self.columns.map { column in
      let cell = column.cell(self, files) ?? ""
      return cell.isEmpty ? "n/a" : cell
    }
  }

  /// Where the row of a case lies.
  static func place(of caseID: String, in dataset: DerivativeDataset) -> URL {
    dataset.file(CaseFiles(caseID: caseID).row)
  }

  /// Writes the row unless it lies there already.
  func write(to dataset: DerivativeDataset) throws {
    var table = Table(columns: Self.columns.map(\.name))
    table.rows = [cells]
    try AtomicFile.writeIfChanged(Data(table.text.utf8), at: Self.place(of: caseID, in: dataset))
  }

  /// The row of a case; nil where there is none that can be read.
  init?(of caseID: String, in dataset: DerivativeDataset) {
    guard let text = try? String(contentsOf: Self.place(of: caseID, in: dataset), encoding: .utf8),
      let row = Table.rows(of: text)?.first
    else { return nil }
    func cell(_ name: String) -> String? { row[name].flatMap { $0 == "n/a" ? nil : $0 } }
    guard let status = cell("status").flatMap(Status.init), let participantID = cell("participant_id"),
      cell("case_id") == caseID
    else { return nil }
    self.init(
      status, caseID: caseID, participantID: participantID, sessionID: cell("session_id"),
      message: cell("message") ?? "", image: cell("image"),
      lesionVolumeML: cell("lesion_volume_ml").flatMap(Double.init),
      lesionCount: cell("lesion_count").flatMap { Int($0) }, bundle: cell("bundle"),
      threshold: cell("threshold").flatMap(Double.init))
  }
}
