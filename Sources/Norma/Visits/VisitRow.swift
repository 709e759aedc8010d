import Base
import Foundation

/// The outcome of the comparison of a scan of a BIDS data set with an earlier one, kept in a file of its own.
package struct VisitRow: Hashable, Sendable {
  /// The outcomes: `outdated` means that a scan was segmented again after it was compared.
  package enum Status: String, Sendable {
    case ok, failed, outdated
  }

  package let participantID: String
  /// The case of the earlier scan; nil if the later one failed.
  package var baselineID: String?
  package let followUpID: String
  package var status: Status
  /// The cause of a failure, or the notes; may be empty.
  package var message: String
  /// The volumes in mL of the masks that were thresholded together.
  package var baselineVolumeML, followUpVolumeML: Double?
  /// The change in mL of the regions with evidence of a change.
  package var evidentChangeML: Double?
  /// The number of regions by kind.
  package var counts = [String: Int]()

  /// The page of the comparison, relative to the folder of the derivatives.
  package var page: String { VisitFiles(followUp: followUpID).page }
}

extension VisitRow {
  /// Two scans that were compared.
  init(_ record: VisitRecord) {
    self.init(
      participantID: record.participantID, baselineID: record.baseline.caseID,
      followUpID: record.followUp.caseID, status: .ok, message: record.notes.joined(separator: " "),
      baselineVolumeML: record.baseline.jointVolumeML, followUpVolumeML: record.followUp.jointVolumeML,
      evidentChangeML: record.evidentChangeML, counts: record.counts)
  }

  /// The columns of a row's file and of the table of all rows.
  static let columns: [TableColumn<VisitRow>] =
    [
      TableColumn("participant_id", "Participant") { $0.participantID },
      TableColumn("baseline", "Case of the earlier scan") { $0.baselineID },
      TableColumn("follow_up", "Case of the later scan") { $0.followUpID },
      TableColumn(
        "status", "What became of the comparison",
        levels: [
          "ok": "all results are there", "failed": "no results; the message says why",
          "outdated": "a scan was segmented again after it was compared",
        ]
      ) { $0.status.rawValue },
      TableColumn("message", "What went wrong or should be known") { $0.message },
      TableColumn(
        "baseline_volume_ml", "Volume of the earlier scan in the masks that were thresholded together",
        units: "mL"
      ) { $0.baselineVolumeML?.formatted(fraction: 4) },
      TableColumn(
        "follow_up_volume_ml", "Volume of the later scan in the masks that were thresholded together",
        units: "mL"
      ) { $0.followUpVolumeML?.formatted(fraction: 4) },
      TableColumn(
        "evident_change_ml", "What the regions with evidence of a change gained less what they lost",
        units: "mL"
      ) { $0.evidentChangeML?.formatted(fraction: 4) },
    ]
    + ChangedRegion.Kind.allCases.map { kind in
      TableColumn("\(kind.rawValue)_count", "Number of regions that are \(kind.rawValue)") { row in
        row.counts[kind.rawValue].map { "\($0)" }
      }
    }

  /// Writes the row's file unless it is there with these bytes.
  func write(to dataset: DerivativeDataset) throws {
    try AtomicFile.writeIfChanged(
      Data(Self.columns.table(of: [self]).text.utf8),
      at: dataset.file(VisitFiles(followUp: followUpID).row))
  }

  /// Reads the row of a comparison; nil if there is none that can be read.
  init?(followUp caseID: String, in dataset: DerivativeDataset) {
    let files = VisitFiles(followUp: caseID)
    guard let row = Table.firstRow(of: dataset.file(files.row)),
      let status = row["status"].flatMap(Status.init), let participantID = row["participant_id"]
    else { return nil }
    if status == .ok {
      guard let record = VisitRecord(json: dataset.file(files.record)) else { return nil }
      self.init(record)
      if !record.isCurrent(in: dataset.folder) {
        (self.status, message) = (.outdated, "a scan was segmented again after it was compared")
      }
    } else {
      self.init(
        participantID: participantID, baselineID: row["baseline"], followUpID: caseID, status: status,
        message: row["message"] ?? "")
    }
  }
}
