import Base
package import Cohort
package import Foundation

/// The table of all scans of a BIDS data set, from the rows of its participants.
package struct GroupTable: Sendable {
  /// A scan among the others.
  package struct Entry: Sendable {
    package let row: ScanRow
    /// The distance of the lesion volume from the median in robust standard deviations; nil if undefined.
    package let volumeZ: Double?

    /// Whether the lesion volume is an outlier.
    package var isOutlier: Bool { volumeZ.map { abs($0) > GroupTable.outlierLimit } == true }
  }

  /// The robust z beyond which a volume is an outlier.
  package static let outlierLimit = 3.5
  /// The number of volumes below which the robust z is undefined.
  package static let fewestVolumes = 5
  static let tableFile = "group_lesions.tsv"
  static let descriptionFile = "group_lesions.json"

  /// The scans in the order of the data set.
  package let entries: [Entry]
  let dataset: DerivativeDataset

  /// Collects the row of every scan.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is none, `badData` if the scans were segmented
  ///   with different settings, so that their volumes cannot be compared.
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
      volumes.count < Self.fewestVolumes ? (0, 0) : RobustStatistics.medianAndDeviation(of: volumes)
    entries = rows.map { row in
      let distance = row.lesionVolumeML.map { $0 - Double(median) }
      return Entry(row: row, volumeZ: deviation > 0 ? distance.map { $0 / Double(deviation) } : nil)
    }
  }

  private static func checkAlike(_ rows: [ScanRow], in dataset: DerivativeDataset) throws {
    let scans = rows.map { row in
      let sidecar = dataset.file(CaseFiles(caseID: row.caseID).maskSidecar)
      return (id: row.caseID, facts: CohortKey(json: sidecar)?.comparable ?? [:])
    }
    // A setting that a scan does not state, such as a threshold of its own, differs from none.
    let differing = Set(scans.flatMap(\.facts.keys)).filter { name in
      Set(scans.compactMap { $0.facts[name] }).count > 1
    }.sorted()
    guard !differing.isEmpty else { return }
    let ways = Dictionary(grouping: scans) { scan in scan.facts.filter { differing.contains($0.key) } }
    // The most frequent settings first.
    let kinds = ways.sorted { ($1.value.count, $0.value[0].id) < ($0.value.count, $1.value[0].id) }
      .map { way, scans in
        let values = differing.map { "\($0) \(way[$0] ?? "unknown")" }.joined(separator: ", ")
        return "\(values) in \(scans.count), such as \(scans[0].id)"
      }
    throw Problem(
      .badData, "the scans were segmented in \(ways.count) ways (\(kinds.joined(separator: "; ")))",
      at: dataset.folder.path,
      advice: "run the level participant with the same options for all scans, then this level again"
    )
  }

  /// The row of a case; a row whose results were deleted counts as missing.
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

  /// The rows with this status.
  package func rows(_ status: ScanRow.Status) -> [ScanRow] {
    entries.map(\.row).filter { $0.status == status }
  }

  /// The participants with volumes, in the order of the data set, and the mean volume of their scans in mL.
  package var meanVolumes: [(participantID: String, volumeML: Double)] {
    let scans = Dictionary(grouping: rows(.ok), by: \.participantID)
    return participants.compactMap { id in scans[id]?.meanVolumeML.map { (id, $0) } }
  }

  /// The participants in the order of the data set.
  package var participants: [String] {
    var known = Set<String>()
    return entries.map(\.row.participantID).filter { known.insert($0).inserted }
  }

  /// Writes the table and the description of its columns, and returns the table's file.
  package func write() throws -> URL {
    let file = dataset.file(Self.tableFile)
    try AtomicFile.writeIfChanged(Data(Self.columns.table(of: entries).text.utf8), at: file)
    try AtomicFile.writeIfChanged(
      AtomicFile.encoded(Self.columns.descriptions()), at: dataset.file(Self.descriptionFile))
    return file
  }

  private static let columns =
    ScanRow.columns.map { column in
      TableColumn<Entry>(column.name, column.description) { column.cell($0.row) }
    } + [
      TableColumn<Entry>(
        "lesion_volume_z",
        "Distance of the lesion volume from the median of the table, in 1.4826 times the median "
          + "absolute deviation; beyond \(outlierLimit) a scan counts as an outlier; n/a for fewer than "
          + "\(fewestVolumes) volumes"
      ) { $0.volumeZ?.formatted(fraction: 2) }
    ]
}

extension [ScanRow] {
  /// The mean volume of the scans in mL; nil without volumes.
  var meanVolumeML: Double? { compactMap(\.lesionVolumeML).mean }
}
