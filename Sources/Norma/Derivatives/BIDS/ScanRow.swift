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
    TableColumn(name: "participant_id", description: "Participant") { row in row.participantID },
    TableColumn(name: "session_id", description: "Session, where the data set has them") { row in
      row.sessionID
    },
    TableColumn(name: "case_id", description: "All entities of the scan") { row in row.caseID },
    TableColumn(
      name: "status", description: "What became of the scan",
      levels: [
        "ok": "all results are there", "failed": "no results; the message says why",
        "skipped": "the participant has no such scan", "missing": "not processed",
      ]
    ) { row in row.status.rawValue },
    TableColumn(name: "message", description: "What went wrong or should be known") { row in row.message },
    TableColumn(name: "image", description: "The scan, as a BIDS URI") { row in row.image },
    TableColumn(name: "anomaly_map", description: "Anomaly map") {
      $0.status == .ok ? $0.files.anomalyMap : nil
    },
    TableColumn(name: "mask", description: "Voxels of all regions") {
      $0.status == .ok ? $0.files.mask : nil
    },
    TableColumn(name: "brain_mask", description: "Voxels that were scored") {
      $0.status == .ok ? $0.files.brain : nil
    },
    TableColumn(name: "lesion_volume_ml", description: "Volume of all regions", units: "mL") { row in
      row.lesionVolumeML?.formatted(fraction: 4)
    },
    TableColumn(name: "lesion_count", description: "Number of regions") { row in
      row.lesionCount.map { "\($0)" }
    },
    TableColumn(name: "bundle", description: "Name of the model") { row in row.bundle },
    TableColumn(
      name: "threshold", description: "Threshold of the anomaly map, above which voxels may be in a region"
    ) { row in
      row.threshold.map { "\($0)" }
    },
    TableColumn(
      name: "peak_threshold",
      description: "Score that a region of the mask must exceed; n/a where every region counts"
    ) { row in row.peakThreshold.map { "\($0)" } },
    TableColumn(
      name: "scored_fraction",
      description: "Fraction of the brain that was scored; the rest is NaN in the anomaly map"
    ) { row in row.scoredFraction?.formatted(fraction: 3) },
  ]

  private var files: CaseFiles { CaseFiles(caseID: caseID) }

  var cells: [String] { Self.columns.cells(of: self) }

  /// The bytes of the row's file.
  private var data: Data {
    var table = Table(columns: Self.columns.map(\.name))
    table.rows = [cells]
    return Data(table.text.utf8)
  }

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
    guard let text = try? String(contentsOf: Self.url(of: caseID, in: dataset), encoding: .utf8),
      let row = Table.rows(of: text)?.first
    else { return nil }
    func cell(_ name: String) -> String? { row[name].flatMap { $0 == "n/a" ? nil : $0 } }
    guard let status = cell("status").flatMap(Status.init), let participantID = cell("participant_id"),
      cell("case_id") == caseID
    else { return nil }
    self.init(
      caseID: caseID, participantID: participantID, sessionID: cell("session_id"), status: status,
      message: cell("message") ?? "", image: cell("image"),
      lesionVolumeML: cell("lesion_volume_ml").flatMap(Double.init),
      lesionCount: cell("lesion_count").flatMap { Int($0) }, bundle: cell("bundle"),
      threshold: cell("threshold").flatMap(Double.init),
      peakThreshold: cell("peak_threshold").flatMap(Double.init),
      scoredFraction: cell("scored_fraction").flatMap(Double.init), load: RegionalLoad(row: row))
  }
}
