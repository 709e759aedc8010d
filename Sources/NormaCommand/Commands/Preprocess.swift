import ArgumentParser
import Foundation
import Norma

struct Preprocess: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Preprocess raw scans: brain extraction, bias correction, registration to the template.",
    discussion: """
      Everything stays on each scan's own grid. Scans that are complete, with the same inputs and settings, \
      are kept. The manifest of the results is an input of norma segment, evaluate and train.
      """, aliases: ["prepare"])

  @Option(
    name: [.short, .customLong("input")],
    help: "A scan, a folder of scans or of DICOM files, or a manifest (.tsv).")
  var input: String

  @Option(name: [.short, .customLong("output")], help: "Folder for the results.")
  var output: String

  @Option(
    help: """
      Bundle whose preprocessing is used: a folder, or the name of one that ships with Norma. Default: the \
      preprocessing of the presets.
      """)
  var bundle: String?

  @Option(
    name: .customLong("set"),
    help: "A single key, as in preprocessing.correctsBias=false; may be repeated.")
  var settings: [String] = []

  @Option(help: "File with the weights of the brain extraction. Default: the installed file.")
  var weights: String?

  @Flag(help: "Preprocess complete scans again.")
  var force = false

  @OptionGroup var dicom: DICOMOptions
  @OptionGroup var masks: MaskPairingOptions
  @OptionGroup var shardOptions: ShardOptions
  @OptionGroup var preprocessingOptions: PreprocessingOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare()
    let folder = URL(fileURLWithPath: output)
    let all = try dicom.manifest(at: input, masks: masks, output: folder, console: console).cases
    let base = try bundle.map { try ModelBundle(named: $0).description.configuration.preprocessing }
    let preprocessor = preprocessingOptions.preprocessor(
      try (base ?? PreprocessingSettings()).with(settings), weights: weights, device: device)
    try requireNoLoss(in: folder)
    let shard = try shardOptions.chosen(hasChosen: all.count == 1, console: console)
    let cases = try shardOptions.deal(all, to: shard, by: \.id)
    try shardOptions.claim(folder, for: shard, settings: preprocessor.facts)
    Interruption.listen()
    var done = 0, kept = 0
    let rows = try CohortPreprocessing(preprocessor, output: folder).run(
      cases, isShard: shard != nil, isForced: force,
      onRow: { row, isKept in
        (done, kept) = (done + 1, kept + (isKept ? 1 : 0))
        report(row, isKept: isKept, done: done, of: cases.count)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    console.summary(kept: kept, of: cases.count, shard: shard, ofCohort: all.count)
    if shard == nil { printFiles(of: rows, in: folder) }
    try console.finish(rows.map(\.problem))
  }

  /// Refuses to replace the manifest of the scans by the manifest of the results.
  private func requireNoLoss(in folder: URL) throws {
    let manifest = folder.appendingPathComponent("manifest.tsv")
    guard URL(fileURLWithPath: input).resolvingSymlinksInPath() == manifest.resolvingSymlinksInPath() else {
      return
    }
    throw Problem(
      .cannotCreate, "the manifest of the results would replace that of the scans", at: manifest.path,
      advice: "choose another folder for the results")
  }

  private func report(_ row: CohortPreprocessing.Row, isKept: Bool, done: Int, of count: Int) {
    console.endProgress()
    switch row.outcome {
    case .failed(let problem):
      // The failure of a single scan is that of the command.
      if count > 1 { console.failure(problem, ofCase: row.scan.id) }
    case .done where isKept: console.log("\(row.scan.id): up to date")
    case .done(let record, _):
      func figure(_ value: Double?, _ format: String) -> String {
        value.map { String(format: format, $0) } ?? "n/a"
      }
      console.log(
        row.scan.id,
        [
          "brain_ml": figure(record.brainVolume, "%.0f"),
          "template_overlap": figure(record.templateOverlap, "%.3f"),
          "seconds": String(format: "%.1f", row.seconds),
        ])
      for note in record.notes { console.log("  \(row.scan.id): \(note)") }
    }
    console.progress("preprocessing \(Console.bar(done, of: count)) \(done)/\(count)")
  }

  private func printFiles(of rows: [CohortPreprocessing.Row], in folder: URL) {
    if rows.count == 1, let mask = rows[0].preprocessed?.brainMask { console.result(mask.path) }
    console.result(folder.appendingPathComponent("cases.tsv").path)
    if rows.contains(where: { $0.preprocessed != nil }) {
      console.result(folder.appendingPathComponent("manifest.tsv").path)
    }
  }
}
