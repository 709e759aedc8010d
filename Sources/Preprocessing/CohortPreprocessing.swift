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

  /// Preprocesses the cases in order and writes scans, masks and transforms, rows of `cases.tsv`, rows of a
  /// `manifest.tsv` of the cases that did not fail, and `preprocessing.json`. The tables keep the rows of other cases.
  ///
  /// - Parameters:
  ///   - cases: The cases in their order.
  ///   - isShard: Whether the last three files are left to the run of the whole cohort.
  ///   - isForced: Whether complete cases are preprocessed again.
  ///   - onRow: Gets each row, and whether the case was kept.
  ///   - shouldStop: Asked before each case.
  /// - Returns: The rows in the order of the cases.
  /// - Throws: Only what stops the whole run, such as a full disk, an interruption, or other scans in the folder that
  ///   were preprocessed with other settings.
  public func run(
    _ cases: [ScanCase], isShard: Bool = false, isForced: Bool = false,
    onRow: (Row, _ isKept: Bool) throws -> Void = { _, _ in }, shouldStop: () -> Bool = { false }
  ) throws -> [Row] {
    if !isShard { try requireSettings(besides: cases) }
    return try CohortRunner(self, isForced: isForced).run(
      cases, onRow: onRow, shouldStop: shouldStop, list: { if !isShard { try list($0) } })
  }

  private func file(_ name: String) -> URL { output.appendingPathComponent(name) }

  private func list(_ rows: [Row]) throws {
    try withLock(on: output) {
      let all = others(than: rows.map(\.scan)) + rows.compactMap(\.preprocessed)
      try AtomicFile.write(json: preprocessor.settings, to: file(CaseFiles.preprocessingSettings))
      try CaseTable.add(
        Self.table(of: rows, in: output), to: output, columns: ["ok": "image", "failed": "source"])
      guard !all.isEmpty else { return try AtomicFile.remove(manifest) }
      try AtomicFile.write(Manifest.text(of: all, relativeTo: output), to: manifest)
    }
  }

  private var manifest: URL { file("manifest.tsv") }

  /// The scans that earlier runs left in the folder, without those of these cases.
  private func others(than cases: [ScanCase]) -> [ScanCase] {
    let ids = Set(cases.map(\.id))
    return ((try? Manifest(contentsOf: manifest))?.cases ?? []).filter {
      !ids.contains($0.id) && FileManager.default.fileExists(atPath: $0.image.path)
    }
  }

  /// Throws if the folder has other scans, which were preprocessed with other settings: it has one record of them.
  private func requireSettings(besides cases: [ScanCase]) throws {
    let record = file(CaseFiles.preprocessingSettings)
    guard let other = others(than: cases).first, let earlier = PreprocessingSettings(json: record),
      earlier != preprocessor.settings
    else { return }
    throw Problem(
      .cannotCreate, "the folder holds scans with other settings of the preprocessing, such as '\(other.id)'",
      at: record.path, advice: "choose another folder, or preprocess all scans together")
  }

  /// The columns of `cases.tsv`; paths are relative to its folder.
  static let columns = [
    "case_id", "status", "message", "source", "image", "brain_mask", "brain_volume_ml", "template_overlap",
    "grey_to_white", "seconds",
  ]

  /// The rows of `cases.tsv`.
  static func table(of rows: [Row], in output: URL) -> Table {
    var table = Table(columns: columns)
    table.rows = rows.map { row in
      let record = row.record
      func path(_ file: URL?) -> String { file?.path(relativeTo: output) ?? "n/a" }
      func number(_ value: Double?, _ digits: Int) -> String { value?.formatted(fraction: digits) ?? "n/a" }
      return [
        row.scan.id, row.problem == nil ? "ok" : "failed",
        row.problem?.sentence(about: row.scan.image) ?? record?.notes.joined(separator: " ") ?? "n/a",
        path(row.scan.image), path(row.preprocessed?.image), path(row.preprocessed?.brainMask),
        number(record?.brainVolume, 1), number(record?.templateOverlap, 3), number(record?.greyToWhite, 3),
        row.seconds.formatted(fraction: 2),
      ]
    }
    return table
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

  package func process(_ scan: ScanCase, before next: [ScanCase]) throws -> Row {
    if let problem = scan.problem { return Row(scan: scan, seconds: 0, outcome: .failed(problem)) }
    let start = ContinuousClock.now, files = PreprocessedFiles(scan, in: output)
    func failure(_ error: any Error) -> Row {
      Row(scan: scan, seconds: (ContinuousClock.now - start) / .seconds(1), outcome: .failed(Problem(error)))
    }
    let preprocessed: PreprocessedScan
    let sidecar: PreprocessingSidecar
    // The readers say better than the sidecar what is wrong with a file.
    let made = Result { try PreprocessingSidecar(scan, key: preprocessor.key) }
    do {
      preprocessed = try preprocessor.preprocess(scan)
      sidecar = try made.get()
    } catch {
      return failure(error)
    }
    do {
      return row(of: scan, files, try files.write(preprocessed, sidecar: sidecar), since: start)
    } catch  where Problem(error).concernsOneFile {
      for file in self.files(of: scan) { try AtomicFile.remove(file) }
      return failure(error)
    }
  }

  private func row(
    of scan: ScanCase, _ files: PreprocessedFiles, _ sidecar: PreprocessingSidecar,
    since start: ContinuousClock.Instant
  ) -> Row {
    var preprocessed = scan
    (preprocessed.image, preprocessed.brainMask, preprocessed.t1w) = (files.scan, files.mask, nil)
    preprocessed.templateTransform = sidecar.isRegistered ? files.transform : nil
    return Row(
      scan: scan, seconds: (ContinuousClock.now - start) / .seconds(1),
      outcome: .done(sidecar.record, preprocessed: preprocessed))
  }
}
