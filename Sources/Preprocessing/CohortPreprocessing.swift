public import Base
public import Cohort
public import Foundation

/// Preprocesses a cohort scan by scan: a scan that fails costs one row, and what an earlier run completed is
/// kept.
public struct CohortPreprocessing {
  /// One row of `cases.tsv`.
  public struct Row: Sendable {
    /// The outcome of a case.
    public enum Outcome: Sendable {
      /// The files were written: what was done, and the case as it can be segmented and trained on.
      case done(PreprocessingRecord, preprocessed: ScanCase)
      /// There are no files.
      case failed(Problem)
    }

    /// The input.
    public let scan: ScanCase
    /// The seconds that the case took in this run.
    public let seconds: Double
    /// The results of the case, or the cause of its failure.
    public let outcome: Outcome

    /// The steps of the preprocessing; nil if the case failed.
    public var record: PreprocessingRecord? { if case .done(let record, _) = outcome { record } else { nil } }

    /// The preprocessed case; nil if it failed.
    public var preprocessed: ScanCase? { if case .done(_, let scan) = outcome { scan } else { nil } }

    /// The cause of the failure; nil if the files were written.
    public var problem: Problem? { if case .failed(let problem) = outcome { problem } else { nil } }
  }

  private let preprocessor: Preprocessor
  package let output: URL

  /// A preprocessing whose results go to `output`.
  public init(_ preprocessor: Preprocessor, output: URL) {
    (self.preprocessor, self.output) = (preprocessor, output)
  }

  /// Preprocesses the cases in order and writes scans, masks and transforms, `cases.tsv`, a `manifest.tsv` of
  /// the cases that did not fail, and `preprocessing.json`.
  ///
  /// - Parameters:
  ///   - cases: The cases in their order.
  ///   - isShard: Whether the last three files are left to the run of the whole cohort.
  ///   - isForced: Whether complete cases are preprocessed again.
  ///   - onRow: Gets each row, and whether the case was kept.
  ///   - shouldStop: Asked before each case.
  /// - Returns: The rows in the order of the cases.
  /// - Throws: Only what stops the whole run, such as a full disk or an interruption.
  public func run(
    _ cases: [ScanCase], isShard: Bool = false, isForced: Bool = false,
    onRow: (Row, _ isKept: Bool) throws -> Void = { _, _ in }, shouldStop: () -> Bool = { false }
  ) throws -> [Row] {
    try CohortRunner(self, isForced: isForced).run(
      cases, onRow: onRow, shouldStop: shouldStop, list: { if !isShard { try list($0) } })
  }

  private func list(_ rows: [Row]) throws {
    func file(_ name: String) -> URL { output.appendingPathComponent(name) }
    try AtomicFile.write(json: preprocessor.settings, to: file(CaseFiles.preprocessingSettings))
    try AtomicFile.write(Self.table(of: rows, in: output), to: file("cases.tsv"))
    let done = rows.compactMap(\.preprocessed), manifest = file("manifest.tsv")
    guard !done.isEmpty else { return try AtomicFile.remove(manifest) }
    try AtomicFile.write(Manifest.text(of: done, relativeTo: output), to: manifest)
  }

  /// The columns of `cases.tsv`; paths are relative to its folder.
  static let columns = [
    "case_id", "status", "message", "source", "image", "brain_mask", "brain_volume_ml", "template_overlap",
    "grey_to_white", "seconds",
  ]

  /// The text of `cases.tsv`.
  static func table(of rows: [Row], in output: URL) -> String {
    var table = Table(columns: columns)
    table.rows = rows.map { row in
      let record = row.record
      func path(_ file: URL?) -> String { file?.path(relativeTo: output) ?? "n/a" }
      func number(_ value: Double?, _ digits: Int) -> String { value?.formatted(fraction: digits) ?? "n/a" }
      return [
        row.scan.id, row.problem == nil ? "ok" : "failed",
        row.problem?.sentence ?? record?.notes.joined(separator: " ") ?? "n/a",
        path(row.scan.image), path(row.preprocessed?.image), path(row.preprocessed?.brainMask),
        number(record?.brainVolume, 1), number(record?.templateOverlap, 3), number(record?.greyToWhite, 3),
        row.seconds.formatted(fraction: 2),
      ]
    }
    return table.text
  }
}

extension CohortPreprocessing: CaseStep {
  package func completed(_ scan: ScanCase) -> Row? {
    let start = ContinuousClock.now, files = PreprocessedFiles(scan, in: output)
    return files.completed(like: try PreprocessingSidecar(scan, key: preprocessor.key)).map {
      row(of: scan, files, $0, since: start)
    }
  }

  package func files(of scan: ScanCase) -> [URL] {
    scan.excludingInputs(from: PreprocessedFiles(scan, in: output).all)
  }

  package func process(_ scan: ScanCase) throws -> Row {
    let start = ContinuousClock.now, files = PreprocessedFiles(scan, in: output)
    let preprocessed: PreprocessedScan
    let sidecar: PreprocessingSidecar
    // The readers say better than the sidecar what is wrong with a file.
    let made = Result { try PreprocessingSidecar(scan, key: preprocessor.key) }
    do {
      preprocessed = try preprocessor.preprocess(scan)
      sidecar = try made.get()
    } catch {
      return Row(
        scan: scan, seconds: (ContinuousClock.now - start) / .seconds(1), outcome: .failed(Problem(error)))
    }
    return row(of: scan, files, try files.write(preprocessed, sidecar: sidecar), since: start)
  }

  private func row(
    of scan: ScanCase, _ files: PreprocessedFiles, _ sidecar: PreprocessingSidecar,
    since start: ContinuousClock.Instant
  ) -> Row {
    var preprocessed = scan
    (preprocessed.image, preprocessed.brainMask) = (files.scan, files.mask)
    preprocessed.templateTransform = sidecar.isRegistered ? files.transform : nil
    return Row(
      scan: scan, seconds: (ContinuousClock.now - start) / .seconds(1),
      outcome: .done(sidecar.record, preprocessed: preprocessed))
  }
}
