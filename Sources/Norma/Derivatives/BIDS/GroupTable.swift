import Base
package import Cohort
package import Foundation

/// All scans of a BIDS data set in one table, from the rows that the runs of its participants left.
package struct GroupTable: Sendable {
  /// A scan among the others.
  package struct Entry: Sendable {
    package let row: ScanRow
    /// Distance of the lesion volume from the median, in robust standard deviations; nil where undefined.
    package let volumeZ: Double?

    package var isOutlier: Bool { volumeZ.map { abs($0) > GroupTable.outlierLimit } == true }
  }

  /// Robust z beyond which a volume is called an outlier.
  package static let outlierLimit = 3.5
  static let tableFile = "group_lesions.tsv"
  static let descriptionFile = "group_lesions.json"

  /// In the order of the data set.
  package let entries: [Entry]
  private let dataset: DerivativeDataset

  /// Looks for the row of every scan; throws a ``Problem`` where there is none at all, or where scans were segmented in
  /// different ways: their volumes cannot be compared.
  package init(of layout: BIDSLayout, in dataset: DerivativeDataset) throws {
    self.dataset = dataset
    let rows = layout.participants.flatMap { participant in
      participant.scans.isEmpty
        ? [Self.row(participant.id, of: participant.id, session: nil, in: dataset)]
        : participant.scans.map {
          Self.row($0.scanCase.id, of: participant.id, session: $0.scanCase.sessionID, in: dataset)
        }
    }
    guard rows.contains(where: { $0.status != .missing }) else {
      throw Problem(
        .missingInput, "the output folder holds no results of these participants", at: dataset.folder.path,
        advice: "run norma bids BIDS_DIR OUT_DIR participant first, with the same OUT_DIR")
    }
    try Self.checkAlike(rows.filter { $0.status == .ok }, in: dataset)
    let volumes = rows.compactMap(\.lesionVolumeML).map(Float.init)
    let (median, deviation) =
      volumes.isEmpty ? (0, 0) : RobustStatistics.medianAndDeviation(of: volumes)
    entries = rows.map { row in
      let distance = row.lesionVolumeML.map { $0 - Double(median) }
      return Entry(row: row, volumeZ: deviation > 0 ? distance.map { $0 / Double(deviation) } : nil)
    }
  }

  private static func checkAlike(_ rows: [ScanRow], in dataset: DerivativeDataset) throws {
    let scans = rows.map { row in
      let sidecar = dataset.file(CaseFiles(caseID: row.caseID).maskSidecar)
      return (id: row.caseID, facts: CohortKey(sidecar: sidecar)?.facts ?? [:])
    }
    // What a scan says nothing of, such as a threshold of its own, differs from nothing.
    let differing = Set(scans.flatMap(\.facts.keys)).filter { name in
      Set(scans.compactMap { $0.facts[name] }).count > 1
    }.sorted()
    guard !differing.isEmpty else { return }
    let ways = Dictionary(grouping: scans) { scan in scan.facts.filter { differing.contains($0.key) } }
    // The commonest way first.
    let kinds = ways.sorted { ($1.value.count, $0.value[0].id) < ($0.value.count, $1.value[0].id) }
      .map { way, scans in
        let values = differing.map { "\($0) \(way[$0] ?? "unknown")" }.joined(separator: ", ")
        return "\(values) in \(scans.count), such as \(scans[0].id)"
      }
    throw Problem(
      .badData, "the scans were segmented in \(ways.count) ways (\(kinds.joined(separator: "; ")))",
      at: dataset.folder.path,
      advice: "run the level participant with the same options for all: what differs is made again, then this"
    )
  }

  /// The row of a case; missing too where its results were deleted.
  private static func row(
    _ caseID: String, of participantID: String, session: String?, in dataset: DerivativeDataset
  ) -> ScanRow {
    let mask = dataset.file(CaseFiles(caseID: caseID).mask)
    if let row = ScanRow(of: caseID, in: dataset),
      row.status != .ok || FileManager.default.fileExists(atPath: mask.path)
    {
      return row
    }
    return ScanRow(missing: caseID, participantID: participantID, sessionID: session)
  }

  /// Rows with this status.
  package func rows(_ status: ScanRow.Status) -> [ScanRow] {
    entries.map(\.row).filter { $0.status == status }
  }

  /// Writes the table and what its columns mean, and gives the table's place.
  package func write() throws -> URL {
    var table = Table(columns: ScanRow.columns.map(\.name) + [Self.volumeZ])
    table.rows = entries.map { $0.row.cells + [$0.volumeZ?.formatted(fraction: 2) ?? "n/a"] }
    let place = dataset.file(Self.tableFile)
    try AtomicFile.writeIfChanged(Data(table.text.utf8), at: place)
    try AtomicFile.writeIfChanged(AtomicFile.encoded(descriptions), at: dataset.file(Self.descriptionFile))
    return place
  }

  private static let volumeZ = "lesion_volume_z"

  private struct Description: Encodable {
    let description: String
    var units: String?
    var levels: [String: String]?

    enum CodingKeys: String, CodingKey {
      case description = "Description"
      case units = "Units"
      case levels = "Levels"
    }
  }

  private var descriptions: [String: Description] {
    var descriptions = [
      Self.volumeZ: Description(
        description: "Distance of the lesion volume from the median of the table, in 1.4826 times the median "
          + "absolute deviation; beyond \(Self.outlierLimit) a scan is called an outlier")
    ]
    for column in ScanRow.columns {
      descriptions[column.name] = Description(
        description: column.description, units: column.units, levels: column.levels)
    }
    return descriptions
  }
}
