import Cohort
import Base
package import Foundation

/// What `norma segment` or `norma bids` left in a folder.
package struct ResultFolder: Sendable {
  /// A row of the folder's table with the files that it names; nobody has looked whether they are still there.
  package struct Case: Sendable {
    package let id: String
    package let participantID: String
    /// `ok`, `failed`, `skipped` or `missing`.
    package let status: String
    /// What went wrong, or what the reader should know; may be empty.
    package let message: String
    package let lesionVolumeML: Double?
    package let lesionCount: Int?
    /// That of the mask; nil where nobody noted it.
    package let threshold: Double?
    package let image, anomalyMap, mask, brainMask, lesionTable: URL?
  }

  package let folder: URL
  /// In the order of the table.
  package let cases: [Case]
  /// The bundle that made the maps; nil where the rows do not agree on one.
  package let bundleName: String?
  /// How the maps were made; nil in the results of `norma bids`, whose rows say it.
  package let record: SegmentationRecord?

  /// Throws a ``Problem`` where the folder holds no results or a table that cannot be read.
  package init(contentsOf folder: URL) throws {
    self.folder = folder.standardizedFileURL
    record = try? SegmentationRecord(contentsOf: folder)
    let rows = try Self.segmentRows(in: folder) ?? Self.bidsRows(in: folder)
    guard !rows.isEmpty else {
      throw Problem(
        .missingInput, "the folder holds no results", at: folder.path,
        advice: "give the output folder of norma segment or norma bids")
    }
    let bundles = Set(rows.compactMap { $0["bundle"] }.filter { $0 != "n/a" })
    bundleName = record?.bundle ?? (bundles.count == 1 ? bundles.first : nil)
    let links = DerivativeDataset.links(of: folder), usual = record?.threshold
    cases = try rows.map { try Self.result($0, in: folder, links: links, usual: usual) }
  }

  private typealias Row = [String: String]

  private static func segmentRows(in folder: URL) throws -> [Row]? {
    let file = folder.appendingPathComponent("cases.tsv")
    return FileManager.default.fileExists(atPath: file.path) ? try rows(of: file) : nil
  }

  /// The rows of the scans; those of the group's table only for scans without one.
  private static func bidsRows(in folder: URL) throws -> [Row] {
    let names = FileTree(folder).filter { $0.hasPrefix("sub-") && $0.hasSuffix(CaseFiles.rowSuffix) }
    var all = try names.sorted().flatMap { try rows(of: folder.appendingPathComponent($0)) }
    let group = folder.appendingPathComponent(GroupTable.tableFile)
    if FileManager.default.fileExists(atPath: group.path) {
      let known = Set(all.compactMap { $0["case_id"] })
      all += try rows(of: group).filter { row in row["case_id"].map { !known.contains($0) } == true }
    }
    return all
  }

  private static func rows(of file: URL) throws -> [Row] {
    guard let text = try? String(contentsOf: file, encoding: .utf8), let rows = Table.rows(of: text) else {
      throw unreadable(file)
    }
    return rows
  }

  private static func unreadable(_ place: URL) -> Problem {
    Problem(
      .badData, "the table of cases cannot be read", at: place.path,
      advice: "make the results again with norma segment or norma bids")
  }

  private static func result(
    _ row: Row, in folder: URL, links: [String: String], usual: Double?
  ) throws -> Case {
    func cell(_ name: String) -> String? { row[name].flatMap { $0 == "n/a" || $0.isEmpty ? nil : $0 } }
    func number(_ name: String) -> Double? {
      cell(name).flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
    }
    func place(_ path: String) -> URL { URL(fileURLWithPath: path, relativeTo: folder.asFolder).absoluteURL }
    guard let id = cell("case_id"), let status = cell("status") else { throw unreadable(folder) }
    let files = CaseFiles(caseID: id), mask = cell("mask").map(place)
    return Case(
      id: id, participantID: cell("participant_id") ?? id, status: status, message: cell("message") ?? "",
      lesionVolumeML: number("lesion_volume_ml"),
      lesionCount: cell("lesion_count").flatMap { Int($0) },
      threshold: number("threshold") ?? (mask == nil ? nil : noted(place(files.maskSidecar))) ?? usual,
      image: cell("image").flatMap {
        $0.hasPrefix("bids:") ? DerivativeDataset.file(ofURI: $0, in: folder, links: links) : place($0)
      },
      anomalyMap: cell("anomaly_map").map(place), mask: mask, brainMask: cell("brain_mask").map(place),
      lesionTable: mask.map { _ in place(files.lesionTable) })
  }

  /// The threshold that a sidecar notes.
  private static func noted(_ sidecar: URL) -> Double? {
    struct Noted: Decodable {
      let threshold: Double
      enum CodingKeys: String, CodingKey { case threshold = "Threshold" }
    }
    return (try? Data(contentsOf: sidecar)).flatMap {
      try? JSONDecoder().decode(Noted.self, from: $0).threshold
    }
  }

  /// How often lesion-free voxels exceed a score, rate rising: of `bundle` where one is given, else what the folder
  /// notes, else of the shipped bundle of that name; empty where nobody knows.
  package func healthyCurve(of bundle: ModelBundle? = nil) -> [Calibration.Point] {
    if let bundle { return bundle.description.calibration.curve }
    if let curve = record?.healthyCurve { return curve }
    let shipped = bundleName.flatMap { name in
      ModelBundle.shippedNames.contains(name) ? try? ModelBundle(named: name).description.calibration : nil
    }
    if let record, shipped.map({ record.fits($0) }) != true { return record.reportedCurve }
    return shipped?.curve ?? []
  }
}

extension URL {
  fileprivate var asFolder: URL { URL(fileURLWithPath: path, isDirectory: true) }
}
