public import Base
public import Cohort
public import Foundation
import Volumes

/// Preprocesses a cohort, scan by scan: one that fails costs one row, what is there already is not done again.
public struct CohortPreprocessing {
  /// One row of `cases.tsv`.
  public struct Row: Sendable {
    /// The input.
    public let scan: ScanCase
    /// What went wrong, or nil.
    public let problem: Problem?
    /// What was done; nil when the case failed.
    public let record: PreprocessingRecord?
    /// Whether the files were there already, made of the same scan in the same way.
    public let wasThere: Bool
    /// Time the case took.
    public let seconds: Double
    /// The case as it can be scored and trained on; nil when it failed.
    public let prepared: ScanCase?
  }

  private let preprocessing: Preprocessor
  private let output: URL
  private let isPart: Bool

  /// Results go to `output`. A part of a cohort leaves table, manifest and settings to the run of the whole.
  public init(preprocessing: Preprocessor, output: URL, isPart: Bool = false) {
    (self.preprocessing, self.output, self.isPart) = (preprocessing, output, isPart)
  }

  /// Prepares the cases in order and writes masks, scans, transforms, `cases.tsv`, a `manifest.tsv` of those that are
  /// done, and `preprocessing.json`. Throws only for what stops the whole run, such as a full disk.
  public func callAsFunction(
    _ cases: [ScanCase], onRow: (Row) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> [Row] {
    try AtomicFile.makeFolder(output)
    if !isPart {
      try AtomicFile.write(
        json: preprocessing.settings, to: output.appendingPathComponent(CaseFiles.preprocessingSettings))
    }
    var rows = [Row]()
    for scan in cases {
      if shouldStop() {
        try writeTables(rows)
        throw Problem(
          .interrupted, "interrupted after \(rows.count) of \(cases.count) cases", at: output.path,
          advice: "what is done is complete; run the command again for the rest")
      }
      do {
        rows.append(try prepare(scan))
      } catch {
        // What is complete stays listed, if there is room for that.
        try? writeTables(rows)
        throw error
      }
      onRow(rows[rows.count - 1])
    }
    try writeTables(rows)
    return rows
  }

  /// Throws only what writing throws: a full disk is not the scan's fault, and would fail all others too.
  private func prepare(_ scan: ScanCase) throws -> Row {
    let start = ContinuousClock.now
    let files = PreprocessedFiles(scan, in: output)
    func row(_ sidecar: PreprocessingSidecar?, _ problem: Problem? = nil, wasThere: Bool = false) -> Row {
      Row(
        scan: scan, problem: problem, record: sidecar?.record, wasThere: wasThere,
        seconds: (ContinuousClock.now - start) / .seconds(1),
        prepared: sidecar.map { scan.prepared(files, isRegistered: $0.isRegistered) })
    }
    let prepared: PreprocessedScan
    var sidecar: PreprocessingSidecar
    do {
      sidecar = try PreprocessingSidecar(scan, key: preprocessing.key)
      if let there = files.completed(like: sidecar) { return row(there, wasThere: true) }
      prepared = try preprocessing.preprocess(scan)
    } catch {
      return row(nil, Problem(error))
    }
    try files.write(prepared, sidecar: sidecar)
    (sidecar.record, sidecar.isRegistered) = (prepared.record, prepared.toTemplate != nil)
    return row(sidecar)
  }

  private func writeTables(_ rows: [Row]) throws {
    guard !isPart else { return }
    var table = Table(columns: Self.columns)
    for row in rows {
      table.rows.append([
        row.scan.id, row.problem == nil ? "ok" : "failed",
        row.problem.map { "\($0.what) (\($0.advice))" } ?? row.record?.notes.joined(separator: " ") ?? "n/a",
        row.scan.image.path(relativeTo: output),
        row.prepared?.image.path(relativeTo: output) ?? "n/a",
        row.prepared?.brainMask?.path(relativeTo: output) ?? "n/a",
        row.record?.brainVolume?.formatted(fraction: 1) ?? "n/a",
        row.record?.templateOverlap?.formatted(fraction: 3) ?? "n/a",
        row.record?.greyToWhite?.formatted(fraction: 3) ?? "n/a", row.seconds.formatted(fraction: 2),
      ])
    }
    try AtomicFile.write(table.text, to: output.appendingPathComponent("cases.tsv"))
    let done = rows.compactMap(\.prepared)
    guard !done.isEmpty else { return }
    try AtomicFile.write(
      Manifest.text(of: done, relativeTo: output), to: output.appendingPathComponent("manifest.tsv"))
  }

  /// The columns of `cases.tsv`; paths are relative to its folder.
  static let columns = [
    "case_id", "status", "message", "source", "image", "brain_mask", "brain_volume_ml", "template_overlap",
    "grey_to_white", "seconds",
  ]
}

extension ScanCase {
  /// The same case, its files those of the preparation.
  fileprivate func prepared(_ files: PreprocessedFiles, isRegistered: Bool) -> ScanCase {
    var result = self
    result.image = files.scan
    result.brainMask = files.mask
    result.templateTransform = isRegistered ? files.transform : nil
    return result
  }
}
