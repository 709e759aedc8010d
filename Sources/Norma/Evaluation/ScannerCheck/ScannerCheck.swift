public import Base
public import Cohort
public import Foundation
public import Preprocessing

/// Paints lesions of known size and contrast into scans and looks which are found: what a bundle is worth on a scanner,
/// without a label.
///
/// A scan that fails costs one row, and what an earlier run completed is kept.
public struct ScannerCheck {
  /// The outcome of one scan.
  public struct Row: Sendable {
    /// The input.
    public let scan: ScanCase
    /// The result, or the cause of its failure.
    public let outcome: Result<ScannerCheckResult, Problem>

    /// The cause of the failure; nil if there is a result.
    public var problem: Problem? { if case .failure(let problem) = outcome { problem } else { nil } }
  }

  private let bundle: ModelBundle
  private let segmenter: Segmenter
  private let preprocessor: Preprocessor
  private let rule: RegionRule
  private let settings: ScannerCheckSettings
  package let output: URL
  private let workFolder: URL?
  private let key: CohortKey
  /// Gets the name of each step of a case before it begins.
  public var onStep: (ScanCase, String) -> Void = { _, _ in }

  /// Creates a check whose results go to `output`; `workFolder` keeps preprocessed scans for other runs.
  ///
  /// - Throws: A ``Problem`` if the bundle cannot be read, a ``ConfigurationError`` for settings out of range.
  public init(
    bundle: ModelBundle, segmenter: Segmenter, preprocessor: Preprocessor, rule: RegionRule,
    settings: ScannerCheckSettings, output: URL, workFolder: URL? = nil
  ) throws {
    try settings.validate(path: "")
    (self.bundle, self.segmenter, self.preprocessor) = (bundle, segmenter, preprocessor)
    (self.rule, self.settings, self.output, self.workFolder) = (rule, settings, output, workFolder)
    key = try CohortKey(preprocessing: preprocessor, bundle: bundle, rule: rule, exceedance: false)
  }

  /// Checks the scans in order and writes `check.json`, also with those so far if the run is interrupted.
  ///
  /// - Returns: The summary of all scans.
  /// - Throws: Only what stops the whole run, such as a full disk or an interruption.
  public func run(
    _ cases: [ScanCase], isForced: Bool = false, onRow: (Row, _ isKept: Bool) throws -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> ScannerCheckSummary {
    let rows = try CohortRunner(self, isForced: isForced).run(
      cases, onRow: onRow, shouldStop: shouldStop, list: { try summary(of: $0).write(to: output) })
    return summary(of: rows)
  }

  private func summary(of rows: [Row]) -> ScannerCheckSummary {
    ScannerCheckSummary(rows, bundle: bundle.description, rule: rule, settings: settings, output: output)
  }
}

extension ScannerCheck: CaseStep {
  /// The file that a finished scan leaves.
  private struct Record: Codable {
    let key: ResultKey
    let settings: ScannerCheckSettings
    let result: ScannerCheckResult
  }

  private func file(of scan: ScanCase) -> URL {
    output.appendingPathComponent(CaseFiles(caseID: scan.id).scannerCheck)
  }

  package func completed(_ scan: ScanCase) -> Row? {
    guard let record = Record(json: file(of: scan)), record.settings == settings,
      let key = try? ResultKey(scan: scan, cohort: key), record.key == key
    else { return nil }
    return Row(scan: scan, outcome: .success(record.result))
  }

  package func files(of scan: ScanCase) -> [URL] { scan.excludingInputs(from: [file(of: scan)]) }

  package func process(_ scan: ScanCase, before next: [ScanCase]) throws -> Row {
    if let problem = scan.problem { return Row(scan: scan, outcome: .failure(problem)) }
    let record: Record
    do {
      try segmenter.requireContrast(of: scan)
      var preprocessor = preprocessor
      preprocessor.onStep = { onStep(scan, $0) }
      let preprocessed = try preprocessor.preprocess(scan, keptIn: workFolder)
      try segmenter.requireContrast(of: preprocessed.record, name: scan.image.path)
      let injection = LesionInjection(
        segmenter: segmenter, rule: rule, places: bundle.description.configuration.scoring.places,
        settings: settings, name: scan.image.path)
      record = Record(
        key: try ResultKey(scan: scan, cohort: key), settings: settings,
        result: try injection.result(of: preprocessed) { onStep(scan, $0) })
    } catch {
      return Row(scan: scan, outcome: .failure(Problem(error)))
    }
    try AtomicFile.write(json: record, to: file(of: scan))
    return Row(scan: scan, outcome: .success(record.result))
  }
}
