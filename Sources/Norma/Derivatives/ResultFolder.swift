import Cohort
import Base
package import Foundation

/// The results of `norma segment` or `norma bids` in a folder.
package struct ResultFolder: Sendable {
  /// A row of the folder's table with the files that it names, which need not exist any more.
  package struct Case: Sendable {
    package let id: String
    package let participantID: String
    /// `ok`, `failed`, `skipped` or `missing`.
    package let status: String
    /// The cause of a failure, or the notes; may be empty.
    package let message: String
    package let lesionVolumeML: Double?
    package let lesionCount: Int?
    /// The threshold of the mask; nil if it is not recorded.
    package let threshold: Double?
    /// The peak that its regions exceed; nil for a plain threshold, or if it is not recorded.
    package let peak: Double?
    /// The name of the bundle; nil if it is not recorded.
    package let bundleName: String?
    /// The seconds that the case took; nil if they are not recorded.
    package let seconds: Double?
    package let image, anomalyMap, mask, brainMask, lesionTable: URL?
  }

  package let folder: URL
  /// The cases in the order of the table.
  package let cases: [Case]
  /// The bundle that made the maps; nil if the rows name several.
  package let bundleName: String?
  /// The record of the last segmentation; nil for the results of `norma bids`, which have it in their rows, and
  /// if the rows name several bundles.
  package let record: SegmentationRecord?

  /// Reads the tables of a folder.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there are no results, and one if a table cannot be
  ///   read.
  package init(contentsOf folder: URL) throws {
    self.folder = folder.standardizedFileURL
    let rows = try Self.segmentRows(in: folder) ?? Self.bidsRows(in: folder)
    guard !rows.isEmpty else {
      throw Problem(
        .missingInput, "the folder holds no results", at: folder.path,
        advice: "give the output folder of norma segment or norma bids")
    }
    let bundles = Set(rows.compactMap { $0.cell("bundle") })
    let record = bundles.count > 1 ? nil : try? SegmentationRecord(contentsOf: folder)
    self.record = record
    bundleName = record?.bundle ?? (bundles.count == 1 ? bundles.first : nil)
    let links = DerivativeDataset.links(of: folder)
    let threshold = record?.threshold
    cases = try rows.map { try Self.result($0, in: folder, links: links, common: threshold) }
  }

  private typealias Row = [String: String]

  private static func segmentRows(in folder: URL) throws -> [Row]? {
    let file = folder.appendingPathComponent(CaseTable.fileName)
    return FileManager.default.fileExists(atPath: file.path) ? try rows(of: file) : nil
  }

  /// The rows of the scans, and those of the group's table for scans without one of their own.
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

  private static func unreadable(_ file: URL) -> Problem {
    Problem(
      .badData, "the table of cases cannot be read", at: file.path,
      advice: "make the results again with norma segment or norma bids")
  }

  private static func result(
    _ row: Row, in folder: URL, links: [String: String], common: Double?
  ) throws -> Case {
    func number(_ name: String) -> Double? {
      row.cell(name).flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil }
    }
    // Without the hint, Foundation looks up in the file system whether it is a folder.
    func file(_ path: String) -> URL {
      URL(fileURLWithPath: path, isDirectory: false, relativeTo: folder.asFolder).absoluteURL
    }
    guard let id = row.cell("case_id"), let status = row.cell("status") else { throw unreadable(folder) }
    let files = CaseFiles(caseID: id), mask = row.cell("mask").map(file)
    // The sidecar is read only for tables without the rule, since there may be many cases.
    let hasRule = row.cell("threshold") != nil && row["peak_threshold"] != nil
    let rule = mask == nil || hasRule ? nil : Rule(json: file(files.maskSidecar))
    return Case(
      id: id, participantID: row.cell("participant_id") ?? id, status: status,
      message: row.cell("message") ?? "",
      lesionVolumeML: number("lesion_volume_ml"),
      lesionCount: row.cell("lesion_count").flatMap { Int($0) },
      threshold: number("threshold") ?? rule?.threshold ?? common,
      peak: number("peak_threshold") ?? rule?.peak, bundleName: row.cell("bundle"),
      seconds: number("seconds"),
      image: row.cell("image").flatMap {
        $0.hasPrefix("bids:") ? DerivativeDataset.file(ofURI: $0, in: folder, links: links) : file($0)
      },
      anomalyMap: row.cell("anomaly_map").map(file), mask: mask, brainMask: row.cell("brain_mask").map(file),
      lesionTable: mask.map { _ in file(files.lesionTable) })
  }

  /// The rule in a sidecar.
  private struct Rule: Decodable {
    let threshold: Double
    let peak: Double?

    enum CodingKeys: String, CodingKey {
      case threshold = "Threshold"
      case peak = "PeakThreshold"
    }
  }

  /// The fraction of the calibration's voxels above each threshold, rising: that of `bundle`, else that of the
  /// record, else that of the shipped bundle which the rows of a BIDS data set name; empty if none is known.
  package func healthyCurve(of bundle: ModelBundle? = nil) -> [Calibration.Point] {
    bundle?.description.calibration.curve ?? record?.healthyCurve ?? shipped?.description.calibration.curve
      ?? []
  }

  /// The brain of that calibration, in words; nil if it is not known.
  package func calibratedOn(of bundle: ModelBundle? = nil) -> String? {
    if let bundle { return bundle.description.calibrationBrain }
    return record == nil ? shipped?.description.calibrationBrain : record?.calibratedOn
  }

  /// The shipped bundle that the rows of a BIDS data set name.
  private var shipped: ModelBundle? {
    guard let bundleName, ModelBundle.shippedNames.contains(bundleName) else { return nil }
    return try? ModelBundle(named: bundleName)
  }
}

extension URL {
  fileprivate var asFolder: URL { URL(fileURLWithPath: path, isDirectory: true) }
}
