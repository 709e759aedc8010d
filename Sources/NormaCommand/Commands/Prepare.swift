import ArgumentParser
import Foundation
import Norma

struct Prepare: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Raw scans in; brain masks, skull-stripped scans and a manifest out, on each scan's own grid.",
    discussion: """
      What is there already, made of the same scan in the same way, is not made again. The manifest goes into \
      norma segment, evaluate and train.
      """)

  @Option(name: [.short, .customLong("input")], help: "A scan, a folder of scans, or a manifest (.tsv).")
  var input: String

  @Option(name: [.short, .customLong("output")], help: "Folder for the results.")
  var output: String

  @Flag(help: "Find the brain at 1 mm instead of 2 mm: some five times slower, up to 4 GB of memory.")
  var fine = false

  @Option(help: "File with the weights of the brain extraction; default: the installed one.")
  var weights: String?

  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare()
    let cases = try Manifest(discovering: URL(fileURLWithPath: input)).cases
    let extraction = try BrainExtraction(
      weights: weights.map { URL(fileURLWithPath: $0) } ?? InstalledFiles.brainWeights(), device: device,
      resolution: fine ? .fine : .standard)
    let folder = URL(fileURLWithPath: output)
    Interruption.listen()
    var done = 0
    let rows = try CohortPreparation(extraction: extraction, output: folder)(
      cases,
      onRow: { row in
        done += 1
        report(row, done: done, of: cases.count)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    try finish(rows, folder: folder)
  }

  private func report(_ row: CohortPreparation.Row, done: Int, of count: Int) {
    console.endProgress()
    if let problem = row.problem {
      // The failure of a single scan is that of the command.
      if count > 1 { console.failure(problem, ofCase: row.scan.id) }
    } else {
      console.log(
        row.scan.id,
        [
          "brain_ml": String(format: "%.0f", row.brainVolume ?? 0),
          "seconds": row.wasThere ? "was there" : String(format: "%.1f", row.seconds),
        ])
      // The first note is the volume, which is said already.
      for note in row.notes.dropFirst() { console.log("  \(row.scan.id): \(note)") }
    }
    console.progress("preparing \(Console.bar(done, of: count)) \(done)/\(count)")
  }

  private func finish(_ rows: [CohortPreparation.Row], folder: URL) throws {
    let failed = rows.compactMap(\.problem)
    if rows.count == 1, let mask = rows[0].brainMask { console.result(mask.path) }
    console.result(folder.appendingPathComponent("cases.tsv").path)
    if failed.count < rows.count { console.result(folder.appendingPathComponent("manifest.tsv").path) }
    guard let first = failed.first else { return }
    if rows.count == 1 { throw first }
    console.log("\(failed.count) of \(rows.count) cases failed; see the table of cases")
    throw ExitCode(Problem.Kind.someCaseFailed.rawValue)
  }
}
