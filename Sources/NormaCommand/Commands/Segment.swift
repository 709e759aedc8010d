public import ArgumentParser
import Foundation
public import Norma
import NormaReports
import Tensors

struct Segment: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write anomaly map, mask, table of regions and report of scans, on each scan's own grid.",
    usage: "norma segment <scan> [<folder>] [<options>]",
    discussion: "Cases that are complete, with the same inputs and settings, are kept.")

  @Argument(
    help: ArgumentHelp(
      "The scan, folder or manifest, and the folder for the results; same as -i and -o.", valueName: "path"))
  var paths: [String] = []

  @Option(
    name: [.short, .customLong("input")],
    help: "A scan, a folder of scans or of DICOM files, or a manifest (.tsv).")
  var input: String?

  @Option(
    name: [.short, .customLong("output")],
    help: "Folder for the results. Default: beside the scan, with its name and _norma.")
  var output: String?

  @OptionGroup var thresholdOptions: ThresholdOptions

  @Option(help: "Only the cases of this split of the manifest: train, validation or test.")
  var split: Split?

  @Option(help: "Brain mask of a single scan. Default: the brain of a scan with skull is extracted.")
  var brainMask: String?

  @Option(
    help: """
      T1-weighted scan of the same head, for a single scan (same as the manifest's column t1w). It gives a \
      scan that shows only a part of the brain its mask and its place in the template.
      """)
  var t1w: String?

  @Flag(help: "Segment complete cases again.")
  var force = false

  @OptionGroup var dicom: DICOMOptions
  @OptionGroup var masks: MaskPairingOptions
  @OptionGroup var workFolder: WorkFolderOptions
  @OptionGroup var shardOptions: ShardOptions
  @OptionGroup var preprocessing: PreprocessingOptions
  @OptionGroup var contrast: ContrastOptions

  @OptionGroup var printing: PDFOptions
  @OptionGroup var scoring: PrecisionOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare(), printer = try printing.printer()
    let place = try SegmentPaths(input: input, output: output, others: paths)
    let (all, folder) = (try chosenCases(in: place), place.output)
    if place.isOutputByDefault { console.log("Results go to \(folder.path).") }
    let (bundle, thresholds) = try thresholdOptions.open(for: all)
    let shard = try shardOptions.chosen(hasChosen: all.count == 1, console: console)
    let cases = try shardOptions.deal(all, to: shard, by: \.id)
    var segmentation = try CohortSegmentation(
      bundle: bundle, segmenter: Segmenter(bundle: bundle, device: device, precision: scoring.precision),
      preprocessor: preprocessing.preprocessor(
        bundle.description.configuration.preprocessing, device: device),
      thresholds: thresholds, exceedance: thresholdOptions.exceedance, output: folder,
      workFolder: workFolder.folder, isContrastForced: contrast.forceContrast, draw: CasePictures.draw)
    try shardOptions.claim(folder, for: shard, settings: segmentation.sharedSettings)
    console.log("Bundle: \(bundle.description.name), \(bundle.origin).")
    console.log(bundle.description.meaning(of: thresholds.common))
    // The page of an earlier run must not stay beside the rows of this one.
    if shard == nil { try AtomicFile.remove(folder.appendingPathComponent("report.html")) }
    Interruption.listen()
    let progress = CohortProgress(of: cases.count, console: console)
    segmentation.onStep = { progress.begin($1, of: $0.id) }
    var kept = 0
    let rows = try segmentation.run(
      cases, isShard: shard != nil, isForced: force,
      onRow: { row, isKept in
        kept += isKept ? 1 : 0
        report(row, isKept: isKept, of: cases.count)
        progress.end(seconds: isKept || row.problem != nil ? nil : row.seconds)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    console.summary(kept: kept, of: cases.count, shard: shard, ofCohort: all.count)
    if shard == nil {
      let page = try SegmentationReport(
        of: folder, bundle: bundle, by: thresholds.common,
        provenance: ReportProvenance(bundleName: bundle.description.name))
      let file = folder.appendingPathComponent("report.html")
      try page.page.write(to: file)
      printFiles(of: rows, in: folder)
      if let printer { console.result(try printer.print(file).path) }
    }
    try console.finish(rows.map(\.problem))
  }

  private func printFiles(of rows: [CohortSegmentation.Row], in folder: URL) {
    var files = ["cases.tsv", "report.html"]
    if rows.count == 1, rows[0].result != nil {
      let names = CaseFiles(caseID: rows[0].scan.id)
      files = [names.anomalyMap, names.mask] + files
    }
    for file in files { console.result(folder.appendingPathComponent(file).path) }
  }

  private func chosenCases(in place: SegmentPaths) throws -> [ScanCase] {
    let manifest = try dicom.manifest(
      at: place.input, masks: masks, output: place.output, console: console)
    var cases = manifest.cases.filter { split == nil || $0.split == split }
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "the manifest has no case in split '\(split?.rawValue ?? "")'", at: place.input,
        advice: "leave out --split")
    }
    if let brainMask { cases[0].brainMask = try ofSingleScan(brainMask, "--brain-mask", "brain_mask", cases) }
    if let t1w {
      let file = try ofSingleScan(t1w, "--t1w", "t1w", cases)
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw Problem(.missingInput, "there is no such T1w", at: file.path, advice: "check the path")
      }
      cases[0].t1w = file
    }
    return cases
  }

  /// The file of an option for a single scan.
  private func ofSingleScan(_ path: String, _ option: String, _ column: String, _ cases: [ScanCase]) throws
    -> URL
  {
    guard cases.count == 1 else {
      throw Problem(
        .usage, "\(option) is for a single scan", at: option,
        advice: "for a cohort list the files in a manifest, column \(column)")
    }
    return URL(fileURLWithPath: path)
  }

  private func report(_ row: CohortSegmentation.Row, isKept: Bool, of count: Int) {
    // The failure of a single scan is that of the command.
    if !isKept, row.problem == nil ? count <= 20 : count > 1 {
      console.endProgress()
      console.log(row)
    }
  }
}

extension Split: ExpressibleByArgument {}
