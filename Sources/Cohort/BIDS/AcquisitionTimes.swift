package import Base
package import Foundation

/// The times at which scans of one participant were acquired.
package struct AcquisitionTimes: Sendable {
  /// The times by scan, as far as they are known.
  package let times: [URL: AcquisitionTime]
  /// The cells that are not times, and the tables that cannot be read.
  package let warnings: [Problem]

  /// Reads the column `acq_time` of `…_scans.tsv`, that of `…_sessions.tsv`, and the sidecars of the scans. All times
  /// are from the first of these sources that has the most of them: dates that were shifted in one need not be in
  /// another.
  package init(of scans: [ScanCase]) {
    let tables = [Column.scans, Column.sessions].map { $0.times(of: scans) }
    let sources = tables.map(\.times) + [Self.sidecars(of: scans)]
    let most = sources.map(\.count).max() ?? 0
    times = sources.first { $0.count == most } ?? [:]
    warnings = tables.flatMap(\.warnings)
  }

  private static func sidecars(of scans: [ScanCase]) -> [URL: AcquisitionTime] {
    scans.reduce(into: [:]) { times, scan in
      let name = "\(Manifest.stem(scan.image)).json"
      let sidecar = Sidecar(json: scan.image.deletingLastPathComponent().appendingPathComponent(name))
      times[scan.image] = (sidecar?.dateTime ?? sidecar?.date).flatMap(AcquisitionTime.init)
    }
  }

  private struct Sidecar: Decodable {
    let dateTime, date: String?

    private enum CodingKeys: String, CodingKey {
      case dateTime = "AcquisitionDateTime"
      case date = "AcquisitionDate"
    }
  }
}

/// The column `acq_time` of a kind of tables.
private struct Column: Sendable {
  private static let name = "acq_time"

  /// The column that names the rows.
  let key: String
  /// The table of a scan, and the name of its row.
  let place: @Sendable (ScanCase) -> (table: URL, row: String)?

  /// The tables of the scans of a session, in its folder.
  static let scans = Column(key: "filename") { scan in
    let folder = scan.image.deletingLastPathComponent(), session = folder.deletingLastPathComponent()
    let name = [scan.participantID, scan.sessionID, "scans.tsv"].compactMap { $0 }.joined(separator: "_")
    return (
      session.appendingPathComponent(name), "\(folder.lastPathComponent)/\(scan.image.lastPathComponent)"
    )
  }

  /// The tables of the sessions of a participant, in the participant's folder.
  static let sessions = Column(key: "session_id") { scan in
    guard let session = scan.sessionID else { return nil }
    let folder = (0..<3).reduce(scan.image) { folder, _ in folder.deletingLastPathComponent() }
    return (folder.appendingPathComponent("\(scan.participantID)_sessions.tsv"), session)
  }

  func times(of scans: [ScanCase]) -> (times: [URL: AcquisitionTime], warnings: [Problem]) {
    let places = scans.compactMap { scan in place(scan).map { (scan.image, $0.table, $0.row) } }
    let tables = Dictionary(uniqueKeysWithValues: Set(places.map(\.1)).map { ($0, read($0)) })
    let times = places.reduce(into: [URL: AcquisitionTime]()) { $0[$1.0] = tables[$1.1]?.times[$1.2] }
    return (times, tables.values.compactMap(\.warning).sorted { $0.location < $1.location })
  }

  /// The times of a table by row.
  private func read(_ table: URL) -> (times: [String: AcquisitionTime], warning: Problem?) {
    guard let data = try? Data(contentsOf: table) else { return ([:], nil) }
    func warning(_ what: String) -> Problem {
      Problem(
        .badData, what, at: table.path,
        advice: "correct it; sessions without a time are in the order of their names")
    }
    guard let rows = String(data: data, encoding: .utf8).flatMap(Table.rows) else {
      return ([:], warning("\(table.lastPathComponent) is not a table of tab-separated UTF-8 text"))
    }
    var times = [String: AcquisitionTime](), wrong = [String]()
    for (number, row) in rows.enumerated() {
      guard let name = row[key], let cell = row.cell(Self.name) else { continue }
      times[name] = AcquisitionTime(cell)
      if times[name] == nil { wrong.append("'\(cell)' in row \(number + 1) (\(name))") }
    }
    let what =
      "\(table.lastPathComponent) has an \(Self.name) that is not a time such as 2009-06-15T13:45:30: "
      + listed(wrong)
    return (times, wrong.isEmpty ? nil : warning(what))
  }
}
