import Foundation
import Norma
import NormaReports

/// A cohort that several processes segment into one folder. Each case leaves a file of its own, of which the run that
/// has all cases makes table and page.
struct SegmentationParts {
  /// What the whole needs of a case.
  private struct Kept: Codable {
    /// Nil where the scan's files cannot be read.
    let key: ResultKey?
    let cells: [String]
    let page: SegmentationReportCase
  }

  private let cohort: CohortSegmentation
  private let key: CohortKey
  private let ownThresholds: [String: Double]
  private let parts: ShardFolder
  private let page: SegmentationPage

  /// Throws a ``Problem`` where the folder belongs to parts that are made otherwise.
  init(
    _ cohort: CohortSegmentation, _ preprocessing: Preprocessor, _ chosen: ThresholdOptions.Choice,
    in folder: URL
  ) throws {
    self.cohort = cohort
    key = try CohortKey(preprocessing: preprocessing, bundle: chosen.bundle, threshold: chosen.threshold)
    ownThresholds = chosen.ownThresholds
    parts = ShardFolder(in: folder)
    page = SegmentationPage(bundle: chosen.bundle, threshold: chosen.threshold)
    try parts.createOnce(key.facts(exceedance: chosen.exceedance != nil, ownThresholds: ownThresholds))
  }

  /// Makes what is missing of the cases; `onCase` gets nil for what was there. Throws only for what stops the whole run,
  /// such as a full disk.
  func callAsFunction(_ cases: [ScanCase], onCase: (CohortSegmentation.Row?) -> Void) throws {
    for scan in cases {
      if Interruption.requested {
        throw Problem(
          .interrupted, "interrupted before \(scan.id)", at: parts.file(of: scan.id).path,
          advice: "what is done is complete; run the command again for the rest")
      }
      onCase(try complete(scan))
    }
  }

  private func complete(_ scan: ScanCase) throws -> CohortSegmentation.Row? {
    let file = parts.file(of: scan.id)
    let key = try? ResultKey(scan: scan, cohort: key.with(ownThreshold: ownThresholds[scan.id]))
    if let kept = try? kept(scan), kept.page.status == .done, kept.key == key, cohort.hasFiles(of: scan) {
      return nil
    }
    try? FileManager.default.removeItem(at: file)
    let row = try cohort.segment(scan)
    try AtomicFile.write(
      json: Kept(key: key, cells: cohort.cells(of: row), page: page.reportCase(row)), to: file)
    return row
  }

  /// Writes table and page of cases that are all there.
  func writeWhole(of cases: [ScanCase], report: URL) throws {
    var page = page, rows = [[String]]()
    for scan in cases {
      let kept = try kept(scan)
      rows.append(kept.cells)
      page.add(kept.page)
    }
    try cohort.writeTable(rows)
    try page.write(to: report)
  }

  private func kept(_ scan: ScanCase) throws -> Kept {
    try JSONDecoder().decode(Kept.self, from: Data(contentsOf: parts.file(of: scan.id)))
  }
}
