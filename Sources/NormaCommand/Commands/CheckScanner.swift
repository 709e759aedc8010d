import ArgumentParser
import Foundation
import Norma
import NormaReports

struct CheckScanner: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Paint lesions of known size and contrast into scans and report which are found.",
    discussion: """
      Says without a label what a bundle is worth on a scanner. The scans should have no or few lesions. Scans \
      that are complete, with the same inputs and settings, are kept.
      """)

  @Option(
    name: [.short, .customLong("input")],
    help: "A scan, a folder of scans or of DICOM files, or a manifest (.tsv).")
  var input: String

  @Option(name: [.short, .customLong("output")], help: "Folder for the results.")
  var output: String

  @Option(parsing: .upToNextOption, help: "Diameters of the lesions in mm.")
  var diameters = ScannerCheckSettings().diameters

  @Option(
    parsing: .upToNextOption,
    help: "Brightness of the lesions as multiples of white matter's; grey matter has about 1.2.")
  var contrasts = ScannerCheckSettings().contrasts

  @Option(help: "How often each diameter is painted with each contrast into each scan.")
  var rounds = ScannerCheckSettings().rounds

  @Option(help: "Seed of the places.")
  var seed: UInt64 = 0

  @Flag(help: "Check complete scans again.")
  var force = false

  @OptionGroup var thresholdOptions: ThresholdOptions
  @OptionGroup var dicom: DICOMOptions
  @OptionGroup var masks: MaskPairingOptions
  @OptionGroup var workFolder: WorkFolderOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var printing: PDFOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare(), printer = try printing.printer()
    let folder = URL(fileURLWithPath: output)
    let cases = try dicom.manifest(at: input, masks: masks, output: folder, console: console).cases
    let (bundle, thresholds) = try thresholdOptions.open(for: cases)
    var settings = ScannerCheckSettings()
    (settings.diameters, settings.contrasts, settings.rounds, settings.seed) = (
      diameters, contrasts, rounds, seed
    )
    var check = try ScannerCheck(
      bundle: bundle, segmenter: Segmenter(bundle: bundle, device: device),
      preprocessor: preprocessing.preprocessor(
        bundle.description.configuration.preprocessing, device: device),
      rule: thresholds.common, settings: settings, output: folder, workFolder: workFolder.folder)
    console.log("Bundle: \(bundle.description.name), \(bundle.origin).")
    let page = folder.appendingPathComponent("check.html")
    // The page of an earlier run must not stay beside the results of this one.
    try AtomicFile.remove(page)
    Interruption.listen()
    let progress = CohortProgress(of: cases.count, console: console)
    check.onStep = { progress.begin($1, of: $0.id) }
    var problems = [Problem?](), kept = 0
    let summary = try check.run(
      cases, isForced: force,
      onRow: { row, isKept in
        problems.append(row.problem)
        kept += isKept ? 1 : 0
        progress.end(seconds: nil)
        report(row, of: cases.count)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    console.summary(kept: kept, of: cases.count, shard: nil, ofCohort: cases.count)
    try ScannerCheckReport(summary, provenance: ReportProvenance(bundleName: summary.bundle)).page
      .write(to: page)
    for file in [ScannerCheckSummary.fileName, page.lastPathComponent] {
      console.result(folder.appendingPathComponent(file).path)
    }
    if let printer { console.result(try printer.print(page).path) }
    try console.finish(problems)
  }

  private func report(_ row: ScannerCheck.Row, of count: Int) {
    console.endProgress()
    switch row.outcome {
    case .failure(let problem):
      // The failure of a single scan is that of the command.
      if count > 1 { console.failure(problem, ofCase: row.scan.id) }
    case .success(let result):
      console.log(
        row.scan.id,
        [
          "painted": "\(result.lesions.count)", "found": "\(result.lesions.count { $0.found != nil })",
          "regions_before": "\(result.regionsBefore)",
        ])
    }
  }
}
