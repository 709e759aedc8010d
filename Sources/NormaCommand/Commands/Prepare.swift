import ArgumentParser
import Foundation
import Norma

struct Prepare: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Raw scans in; brains, corrected scans, their place in the template and a manifest out.",
    discussion: """
      Everything stays on each scan's own grid. What is there already, made of the same scan in the same way, is not \
      made again. The manifest goes into norma segment, evaluate and train.
      """)

  @Option(name: [.short, .customLong("input")], help: "A scan, a folder of scans, or a manifest (.tsv).")
  var input: String

  @Option(name: [.short, .customLong("output")], help: "Folder for the results.")
  var output: String

  @Option(
    help: """
      Do the preprocessing of this bundle: a folder, or the name of one that ships with Norma. Default: that of the \
      presets.
      """)
  var bundle: String?

  @Option(
    name: .customLong("set"),
    help: "A single key of the preprocessing, as in correctsBias=false; may be repeated.")
  var settings: [String] = []

  @Option(help: "File with the weights of the brain extraction; default: the installed one.")
  var weights: String?

  @OptionGroup var shardOptions: ShardOptions
  @OptionGroup var preprocessingOptions: PreprocessingOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare()
    let cases = try Manifest(discovering: URL(fileURLWithPath: input)).cases
    let chosen = try bundle.map { try ModelBundle(named: $0).description.configuration.preprocessing }
    let preprocessing = preprocessingOptions.preprocessing(
      try (chosen ?? PreprocessingSettings()).with(settings), weights: weights, device: device)
    let folder = URL(fileURLWithPath: output), parts = ShardFolder(in: folder)
    try requireNoLoss(in: folder)
    let part = try shardOptions.chosen(hasChosen: cases.count == 1, console: console)
    if part != nil || parts.areThere { try parts.createOnce(preprocessing.facts) }
    let mine = part?.deal(cases, by: \.id) ?? cases
    Interruption.listen()
    var done = 0
    let rows = try CohortPreprocessing(preprocessing: preprocessing, output: folder, isPart: part != nil)(
      mine,
      onRow: { row in
        done += 1
        report(row, done: done, of: mine.count)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    if part != nil {
      console.log("\(mine.count) of \(cases.count) cases")
      try fail(rows)
    } else {
      try finish(rows, folder: folder)
    }
  }

  /// The results have a manifest of their own, which would replace that of the scans.
  private func requireNoLoss(in folder: URL) throws {
    let manifest = folder.appendingPathComponent("manifest.tsv")
    guard URL(fileURLWithPath: input).resolvingSymlinksInPath() == manifest.resolvingSymlinksInPath() else {
      return
    }
    throw Problem(
      .cannotCreate, "the manifest of the results would replace that of the scans", at: manifest.path,
      advice: "choose another folder for the results")
  }

  private func report(_ row: CohortPreprocessing.Row, done: Int, of count: Int) {
    console.endProgress()
    if let problem = row.problem {
      // The failure of a single scan is that of the command.
      if count > 1 { console.failure(problem, ofCase: row.scan.id) }
    } else if let record = row.record {
      func figure(_ value: Double?, _ format: String) -> String {
        value.map { String(format: format, $0) } ?? "n/a"
      }
      console.log(
        row.scan.id,
        [
          "brain_ml": figure(record.brainVolume, "%.0f"),
          "template_overlap": figure(record.templateOverlap, "%.3f"),
          "seconds": row.wasThere ? "was there" : String(format: "%.1f", row.seconds),
        ])
      for note in record.notes { console.log("  \(row.scan.id): \(note)") }
    }
    console.progress("preparing \(Console.bar(done, of: count)) \(done)/\(count)")
  }

  private func finish(_ rows: [CohortPreprocessing.Row], folder: URL) throws {
    if rows.count == 1, let mask = rows[0].prepared?.brainMask { console.result(mask.path) }
    console.result(folder.appendingPathComponent("cases.tsv").path)
    if rows.contains(where: { $0.problem == nil }) {
      console.result(folder.appendingPathComponent("manifest.tsv").path)
    }
    try fail(rows)
  }

  private func fail(_ rows: [CohortPreprocessing.Row]) throws {
    let failed = rows.compactMap(\.problem)
    guard let first = failed.first else { return }
    if rows.count == 1 { throw first }
    console.log("\(failed.count) of \(rows.count) cases failed; see the table of cases")
    throw ExitCode(Problem.Kind.someCaseFailed.rawValue)
  }
}
