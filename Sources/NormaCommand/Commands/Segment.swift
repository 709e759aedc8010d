public import ArgumentParser
import Foundation
public import Norma
import Tensors

struct Segment: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scans in; anomaly map, lesion mask, lesion table and report out, on each scan's own grid.")

  @Option(name: [.short, .customLong("input")], help: "A scan, a folder of scans, or a manifest (.tsv).")
  var input: String

  @Option(name: [.short, .customLong("output")], help: "Folder for the results.")
  var output: String

  @OptionGroup var thresholdOptions: ThresholdOptions

  @Option(help: "Only the cases of this split of the manifest: train, validation or test.")
  var split: Split?

  @Option(help: "Brain mask of a single scan; default: the brain is found, where the scan has its skull.")
  var brainMask: String?

  @Option(help: "Folder that keeps preprocessed scans, so that another run need not make them again.")
  var work: String?

  @OptionGroup var shardOptions: ShardOptions
  @OptionGroup var preprocessing: PreprocessingOptions

  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare()
    let cases = try chosenCases()
    let chosen = try thresholdOptions.choose(for: cases)
    let part = try shardOptions.chosen(hasChosen: cases.count == 1, console: console)
    let preprocessing = preprocessing.preprocessing(
      chosen.bundle.description.configuration.preprocessing, device: device)
    let cohort = CohortSegmentation(
      preprocessing: preprocessing, segmenter: try Segmenter(bundle: chosen.bundle, device: device),
      bundleName: chosen.bundle.description.name, threshold: chosen.threshold,
      ownThresholds: chosen.ownThresholds, exceedance: chosen.exceedance, output: folder,
      work: work.map { URL(fileURLWithPath: $0) })
    Interruption.listen()
    if part != nil || ShardFolder(in: folder).areThere {
      try segment(
        cases, part, with: SegmentationParts(cohort, preprocessing, chosen, in: folder), chosen)
    } else {
      try segment(cases, with: cohort, chosen)
    }
  }

  private var folder: URL { URL(fileURLWithPath: output) }

  private func segment(
    _ cases: [ScanCase], with cohort: CohortSegmentation, _ chosen: ThresholdOptions.Choice
  ) throws {
    try write(record: chosen)
    var done = 0, page = SegmentationPage(bundle: chosen.bundle, threshold: chosen.threshold)
    let rows = try cohort(
      cases,
      onRow: { row in
        done += 1
        page.add(try page.reportCase(row))
        report(row, done: done, of: cases.count)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    try page.write(to: reportFile)
    if rows.count == 1 {
      for file in [rows[0].anomalyMap, rows[0].mask].compactMap({ $0 }) { console.result(file.path) }
    }
    try finish(rows.compactMap(\.problem), of: rows.count)
  }

  /// A part of the cohort; without one the whole of a cohort whose parts are there already.
  private func segment(
    _ cases: [ScanCase], _ part: CohortShard?, with parts: SegmentationParts,
    _ chosen: ThresholdOptions.Choice
  ) throws {
    let mine = part?.deal(cases, by: \.id) ?? cases
    var done = 0, wereThere = 0, problems = [Problem]()
    try parts(mine) { row in
      done += 1
      guard let row else {
        wereThere += 1
        return
      }
      row.problem.map { problems.append($0) }
      report(row, done: done, of: mine.count)
    }
    console.endProgress()
    console.log("\(mine.count) of \(cases.count) cases, of which \(wereThere) were there")
    if part != nil {
      try fail(problems, of: mine.count)
    } else {
      try write(record: chosen)
      try parts.writeWhole(of: cases, report: reportFile)
      try finish(problems, of: cases.count)
    }
  }

  private var reportFile: URL { folder.appendingPathComponent("report.html") }

  private func write(record chosen: ThresholdOptions.Choice) throws {
    try SegmentationRecord(bundle: chosen.bundle, threshold: chosen.threshold, from: chosen.source)
      .write(to: folder)
  }

  private func chosenCases() throws -> [ScanCase] {
    let manifest = try Manifest(discovering: URL(fileURLWithPath: input))
    var cases = manifest.cases.filter { split == nil || $0.split == split }
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "the manifest has no case in split '\(split?.rawValue ?? "")'", at: input,
        advice: "leave out --split")
    }
    if let brainMask {
      guard cases.count == 1 else {
        throw Problem(
          .usage, "--brain-mask goes with a single scan", at: "--brain-mask",
          advice: "for a cohort list the masks in a manifest, column brain_mask")
      }
      cases[0].brainMask = URL(fileURLWithPath: brainMask)
    }
    return cases
  }

  private func report(_ row: CohortSegmentation.Row, done: Int, of count: Int) {
    if let problem = row.problem {
      console.endProgress()
      // The failure of a single scan is that of the command.
      if count > 1 { console.failure(problem, ofCase: row.caseID) }
    } else if count <= 20 {
      console.endProgress()
      console.log(
        row.caseID,
        [
          "lesions": "\(row.lesions.count)", "volume_ml": String(format: "%.2f", row.lesionVolumeML),
          "seconds": String(format: "%.2f", row.seconds),
        ])
    }
    console.progress("segmenting \(Console.bar(done, of: count)) \(done)/\(count)")
  }

  private func finish(_ problems: [Problem], of count: Int) throws {
    for file in ["cases.tsv", "report.html"] { console.result(folder.appendingPathComponent(file).path) }
    try fail(problems, of: count)
  }

  private func fail(_ problems: [Problem], of count: Int) throws {
    guard let first = problems.first else { return }
    if count == 1 { throw first }
    console.log("\(problems.count) of \(count) cases failed; see the table of cases")
    throw ExitCode(Problem.Kind.someCaseFailed.rawValue)
  }
}

extension Split: ExpressibleByArgument {}
