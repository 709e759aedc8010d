public import Base
public import Cohort
public import Foundation
public import Preprocessing
import Synchronization
import Tensors
public import Volumes

/// Segments a cohort case by case: a case that fails costs one row, and what an earlier run completed is
/// kept.
public struct CohortSegmentation {
  /// One row of `cases.tsv`.
  public struct Row: Sendable {
    /// The outcome of a case.
    public enum Outcome: Sendable {
      /// The results were written.
      case done(CaseResult)
      /// The case failed and left no files.
      case failed(Problem)
    }

    /// The input.
    public let scan: ScanCase
    /// The rule of its regions.
    public let rule: RegionRule
    /// The seconds that the case took, without the preprocessing that ran during the cases before.
    public let seconds: Double
    /// The results of the case, or the cause of its failure.
    public let outcome: Outcome

    /// The results; nil if the case failed.
    public var result: CaseResult? { if case .done(let result) = outcome { result } else { nil } }

    /// The cause of the failure; nil if there are results.
    public var problem: Problem? { if case .failed(let problem) = outcome { problem } else { nil } }

    /// The cause of the failure, or the notes; may be empty.
    public var message: String {
      switch outcome {
      case .done(let result): result.message
      case .failed(let problem): problem.sentence(about: scan.image)
      }
    }
  }

  /// The input of the pictures of a case.
  public struct Figures {
    /// The scan, its anomaly map and its mask on the scan's own grid, and the brain that was scored.
    public let scan, map: Volume, mask, brain: Mask
    /// The T1w on that grid; nil without one that fits.
    public let t1w: Volume?
    /// The regions of the mask, largest first.
    public let lesions: [Lesion]
    /// The map from scanner to template mm; nil if the scan's place in the template is unknown.
    public let toTemplate: Affine?
    /// Slices as the model saw them, the most anomalous first.
    public let slices: [Segmenter.SliceFigure]
    /// Slices that show brain extraction and registration; nil for a scan that was not registered.
    public let quality: QualityPicture?
    /// The extent threshold of the regions.
    public let threshold: Double
    /// The template-space z in mm between which the scan was scored; nil if all of its brain was.
    public let scoredRange: ClosedRange<Double>?
  }

  let bundle: ModelBundle
  let segmenter: Segmenter
  let preprocessor: Preprocessor?
  package let thresholds: ThresholdChoice
  /// The data set that the results belong to; nil outside BIDS.
  var dataset: DerivativeDataset?
  package internal(set) var output: URL
  let workFolder: URL?
  /// Whether scans whose contrast is not the model's are segmented too.
  let isContrastForced: Bool
  let draw: ((Figures) throws -> Data)?
  let key: CohortKey
  let lookahead = Lookahead()
  /// Gets the name of each step of a case before it begins.
  public var onStep: (ScanCase, String) -> Void = { _, _ in }

  /// Creates a segmentation.
  ///
  /// - Parameters:
  ///   - bundle: The bundle, whose checksum decides with the rest which cases are complete.
  ///   - segmenter: The segmenter of that bundle.
  ///   - preprocessor: Without one, scans must be skull-stripped or come with brain masks.
  ///   - thresholds: The thresholds, common or by case.
  ///   - exceedance: Whether to write the map of the bundle's conformal probabilities too.
  ///   - output: The folder of the results.
  ///   - workFolder: Keeps preprocessed scans for other runs.
  ///   - isContrastForced: Whether scans whose contrast is not the model's are segmented too.
  ///   - draw: Makes the file of pictures that is kept for a page.
  /// - Throws: A ``Problem`` if the bundle cannot be read.
  public init(
    bundle: ModelBundle, segmenter: Segmenter, preprocessor: Preprocessor? = nil, thresholds: ThresholdChoice,
    exceedance: Bool = false, output: URL, workFolder: URL? = nil, isContrastForced: Bool = false,
    draw: ((Figures) throws -> Data)? = nil
  ) throws {
    (self.bundle, self.segmenter, self.preprocessor) = (bundle, segmenter, preprocessor)
    (self.thresholds, self.output, self.workFolder, self.draw) = (thresholds, output, workFolder, draw)
    self.isContrastForced = isContrastForced
    key = try CohortKey(
      preprocessing: preprocessor, bundle: bundle, rule: thresholds.common, exceedance: exceedance,
      precision: segmenter.precision)
  }

  /// The settings that shards of the cohort need in common, by name.
  package var sharedSettings: [String: String] { key.shared(ownThresholds: thresholds.byCase) }

  /// Segments the cases in order and writes maps, masks and tables, `segmentation.json` and the rows of
  /// `cases.tsv`, which keeps those of other cases.
  ///
  /// - Parameters:
  ///   - cases: The cases in their order.
  ///   - isShard: Whether the last two files are left to the run of the whole cohort.
  ///   - isForced: Whether complete cases are segmented again.
  ///   - onRow: Gets each row, and whether the case was kept.
  ///   - shouldStop: Asked before each case.
  /// - Returns: The rows in the order of the cases.
  /// - Throws: Only what stops the whole run, such as a full disk or an interruption.
  public func run(
    _ cases: [ScanCase], isShard: Bool = false, isForced: Bool = false,
    onRow: (Row, _ isKept: Bool) throws -> Void = { _, _ in }, shouldStop: () -> Bool = { false }
  ) throws -> [Row] {
    defer { lookahead.finish() }
    return try CohortRunner(self, isForced: isForced).run(
      cases, onRow: onRow, shouldStop: shouldStop, list: { if !isShard { try list($0) } })
  }

  private func list(_ rows: [Row]) throws {
    try withLock(on: output) {
      try CaseTable.add(table(of: rows), to: output, columns: ["ok": "mask", "failed": "image"])
      try SegmentationRecord(bundle: bundle, thresholds: thresholds).write(to: output)
    }
  }
}

extension CohortSegmentation: CaseStep {
  package func completed(_ scan: ScanCase) -> Row? {
    let files = CaseFiles(caseID: scan.id)
    guard let record = CaseRecord(of: scan.id, in: output), record.isComplete(in: output),
      let found = ResultKey(json: output.appendingPathComponent(files.maskSidecar)),
      found == (try? resultKey(of: scan)),
      (try? requireContrast(of: record.result.preprocessing, scan)) != nil
    else { return nil }
    return row(of: scan, .done(record.result), seconds: record.seconds ?? 0)
  }

  package func files(of scan: ScanCase) -> [URL] {
    let files = CaseFiles(caseID: scan.id).segmented.map { output.appendingPathComponent($0) }
    return scan.excludingInputs(from: files)
  }

  package func process(_ scan: ScanCase, before next: [ScanCase]) throws -> Row {
    let start = ContinuousClock.now
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
    if let problem = scan.problem { return row(of: scan, .failed(problem), seconds: 0) }
    defer { Self.releaseMemory() }
    let writer: CaseWriter
    // The readers say better than the key what is wrong with a file.
    let key = Result { try resultKey(of: scan) }
    do {
      if !isContrastForced { try segmenter.requireContrast(of: scan) }
      let preprocessed = try preprocessed(scan)
      next.forEach(prepare)
      try requireContrast(of: preprocessed.record, scan)
      onStep(scan, Self.scoring)
      let segmented = try segmenter.segment(
        preprocessed, by: thresholds.rule(of: scan.id), name: scan.image.path)
      writer = CaseWriter(
        segmentation: self, scan: scan, conversion: ConversionSoftware(of: scan.image), key: try key.get(),
        preprocessed: preprocessed, segmented: segmented)
    } catch {
      return row(of: scan, .failed(Problem(error)), seconds: seconds)
    }
    let record: CaseRecord
    do {
      record = try writer.write { seconds }
    } catch  where Problem(error).concernsOneFile {
      for file in files(of: scan) { try AtomicFile.remove(file) }
      return row(of: scan, .failed(Problem(error)), seconds: seconds)
    }
    return row(of: scan, .done(record.result), seconds: record.seconds ?? seconds)
  }

  private func preprocessed(_ scan: ScanCase) throws -> PreprocessedScan {
    guard var preprocessor else { return try PreprocessedScan(asItIs: scan) }
    preprocessor.onStep = { onStep(scan, $0) }
    return try lookahead.take(scan) ?? preprocessor.preprocess(scan, keptIn: workFolder)
  }

  private func prepare(_ scan: ScanCase) {
    // Who asks for one thread has work for the other cores, such as other shards.
    guard let preprocessor, scan.problem == nil, Engine.threads > 1 else { return }
    lookahead.begin(scan) { [workFolder] in try preprocessor.preprocess(scan, keptIn: workFolder) }
  }

  private func requireContrast(of record: PreprocessingRecord, _ scan: ScanCase) throws {
    if !isContrastForced { try segmenter.requireContrast(of: record, name: scan.image.path) }
  }

  private func row(of scan: ScanCase, _ outcome: Row.Outcome, seconds: Double) -> Row {
    Row(scan: scan, rule: thresholds.rule(of: scan.id), seconds: seconds, outcome: outcome)
  }

  private func resultKey(of scan: ScanCase) throws -> ResultKey {
    try ResultKey(scan: scan, cohort: key.with(ownThreshold: thresholds.byCase[scan.id]))
  }

  /// Returns free pages to the system every ten cases: the kept rows fragment the heap.
  private static func releaseMemory() {
    if segmented.add(1, ordering: .relaxed).newValue.isMultiple(of: 10) { Engine.releaseFreeMemory() }
  }

  private static let segmented = Atomic(0)

  private static let scoring = "scoring"

  /// The steps of a case in order, with their rough shares of its time.
  package static let usualShares = Preprocessor.usualShares + [(scoring, 0.2)]
}
