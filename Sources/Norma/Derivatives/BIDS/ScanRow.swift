import Base
import Cohort
import Foundation

/// The outcome of one scan of a BIDS data set, kept in a file of its own.
package struct ScanRow: Hashable, Sendable {
  /// The outcomes: `skipped` means a participant without a scan, `missing` a scan that was not processed.
  package enum Status: String, Sendable {
    case ok, failed, skipped, missing
  }

  package let caseID: String
  package let participantID: String
  package var sessionID: String?
  package let status: Status
  /// The cause of a failure, or the notes; may be empty.
  package let message: String
  /// The scan as a BIDS URI.
  package var image: String?
  package var lesionVolumeML: Double?
  package var lesionCount: Int?
  package var bundle: String?
  package var threshold: Double?
  package var peakThreshold: Double?
  /// The fraction of the brain that was scored.
  package var scoredFraction: Double?
  /// The regions by place; nil if the tissues are unknown.
  package var load: RegionalLoad?

  /// The rule of its regions.
  package var rule: RegionRule? { threshold.map { RegionRule(extent: $0, peak: peakThreshold) } }
}

extension ScanRow {
  /// A scan that was segmented or failed.
  init(_ row: CohortSegmentation.Row, of scan: BIDSLayout.BIDSScan, image: String, bundle: String) {
    let note = row.result == nil ? nil : scan.note
    self.init(
      caseID: row.scan.id, participantID: row.scan.participantID, sessionID: row.scan.sessionID,
      status: row.result == nil ? .failed : .ok,
      message: [note ?? "", row.message].filter { !$0.isEmpty }.joined(separator: " "), image: image,
      lesionVolumeML: row.result?.lesionVolumeML, lesionCount: row.result?.lesions.count, bundle: bundle,
      threshold: row.rule.extent, peakThreshold: row.rule.peak,
      scoredFraction: row.result?.scoredFraction, load: row.result.flatMap(RegionalLoad.init))
  }

  /// A participant without a scan.
  init(skipped participant: BIDSLayout.Participant) {
    self.init(
      caseID: participant.id, participantID: participant.id, status: .skipped, message: participant.missing)
  }

  /// A scan, or a participant without one, that was not processed.
  init(missing caseID: String, participantID: String, sessionID: String?) {
    self.init(
      caseID: caseID, participantID: participantID, sessionID: sessionID, status: .missing,
      message: "not processed")
  }
}

extension ScanRow {
  /// The columns of a row's file; paths are relative to the folder of the derivatives.
  static let columns = ofScan + RegionalLoad.columns.map { $0.of(\.load) }

  private static let ofScan: [TableColumn<ScanRow>] = [
    TableColumn("participant_id", "Participant") { $0.participantID },
    TableColumn("session_id", "Session, where the data set has them") { $0.sessionID },
    TableColumn("case_id", "All entities of the scan") { $0.caseID },
    TableColumn(
      "status", "What became of the scan",
      levels: [
        "ok": "all results are there", "failed": "no results; the message says why",
        "skipped": "the participant has no such scan", "missing": "not processed",
      ]
    ) { $0.status.rawValue },
    TableColumn("message", "What went wrong or should be known") { $0.message },
    TableColumn("image", "The scan, as a BIDS URI") { $0.image },
    TableColumn("anomaly_map", "Anomaly map") { $0.result?.anomalyMap },
    TableColumn("mask", "Voxels of all regions") { $0.result?.mask },
    TableColumn("brain_mask", "Voxels that were scored") { $0.result?.brain },
    TableColumn("lesion_volume_ml", "Volume of all regions", units: "mL") {
      $0.lesionVolumeML?.formatted(fraction: 4)
    },
    TableColumn("lesion_count", "Number of regions") { row in row.lesionCount.map { "\($0)" } },
    TableColumn("bundle", "Name of the model") { $0.bundle },
    TableColumn("threshold", "Threshold of the anomaly map, above which voxels may be in a region") { row in
      row.threshold.map { "\($0)" }
    },
    TableColumn(
      "peak_threshold", "Score that a region of the mask must exceed; n/a where every region counts"
    ) { row in row.peakThreshold.map { "\($0)" } },
    TableColumn(
      "scored_fraction", "Fraction of the brain that was scored; the rest is NaN in the anomaly map"
    ) { $0.scoredFraction?.formatted(fraction: 3) },
  ]

  /// The files of a scan that was segmented; nil for any other.
  private var result: CaseFiles? { status == .ok ? CaseFiles(caseID: caseID) : nil }

  /// The bytes of the row's file.
  private var data: Data { Data(Self.columns.table(of: [self]).text.utf8) }

  private static func url(of caseID: String, in dataset: DerivativeDataset) -> URL {
    dataset.file(CaseFiles(caseID: caseID).row)
  }

  /// Writes the row's file unless it is there with these bytes.
  func write(to dataset: DerivativeDataset) throws {
    try AtomicFile.writeIfChanged(data, at: Self.url(of: caseID, in: dataset))
  }

  /// Whether the row's file is there with these bytes.
  func isWritten(in dataset: DerivativeDataset) -> Bool {
    (try? Data(contentsOf: Self.url(of: caseID, in: dataset))) == data
  }

  /// Reads the row of a case; nil if there is none that can be read.
  init?(of caseID: String, in dataset: DerivativeDataset) {
    guard let row = Table.firstRow(of: Self.url(of: caseID, in: dataset)),
      let status = row["status"].flatMap(Status.init), let participantID = row["participant_id"],
      row["case_id"] == caseID
    else { return nil }
    self.init(
      caseID: caseID, participantID: participantID, sessionID: row["session_id"], status: status,
      message: row["message"] ?? "", image: row["image"],
      lesionVolumeML: row["lesion_volume_ml"].flatMap(Double.init),
      lesionCount: row["lesion_count"].flatMap { Int($0) }, bundle: row["bundle"],
      threshold: row["threshold"].flatMap(Double.init),
      peakThreshold: row["peak_threshold"].flatMap(Double.init),
      scoredFraction: row["scored_fraction"].flatMap(Double.init), load: RegionalLoad(row: row))
  }
}
