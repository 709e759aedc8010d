import ArgumentParser
import Foundation
import Norma
import NormaReports

struct Evaluate: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the maps of norma segment with lesion masks.",
    usage: "norma evaluate --predictions <folder> (--data <manifest> | --reference <folder>) -o <folder>")

  @Option(help: "Output folder of norma segment.")
  var predictions: String

  @Option(help: "Manifest with lesion masks; only its test split is evaluated, if it has splits.")
  var data: String?

  @Option(
    help: """
      Folder of corrected masks, such as review/rater-NAME_masks of norma view, in place of --data. Each file \
      starts with the name of its case; cases without a file are left out.
      """)
  var reference: String?

  @Option(name: [.short, .customLong("output")], help: "Folder for evaluation.json and the tables.")
  var output: String

  @Option(help: "Bootstrap samples over participants.")
  var samples = 1000

  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 0

  @OptionGroup var masks: LesionMaskOptions
  @OptionGroup var printing: PDFOptions
  @OptionGroup var console: Console

  func validate() throws {
    if (data == nil) == (reference == nil) {
      throw ValidationError("Give either --data or --reference.")
    }
    if samples < 1 { throw ValidationError("--samples must be 1 or more.") }
  }

  func run() throws {
    let printer = try printing.printer()
    let results = URL(fileURLWithPath: predictions)
    let run = EvaluationRun(predictions: results, manifest: try manifest(of: results))
    let evaluation = try run.evaluate(samples: samples, seed: seed) { done, count in
      console.progress("evaluating \(Console.bar(done, of: count)) \(done)/\(count)")
    }
    console.endProgress()
    let folder = URL(fileURLWithPath: output)
    let files = try evaluation.write(to: folder)
    let report = EvaluationReport(evaluation, provenance: ReportProvenance(bundleName: evaluation.method))
    let page = folder.appendingPathComponent("report.html")
    try report.page.write(to: page)
    console.result(report.summary)
    let printed = try printer.map { [try $0.print(page)] } ?? []
    for file in files + [page] + printed { console.result(file.path) }
  }

  private func manifest(of results: URL) throws -> Manifest {
    if let data { return try masks.manifest(at: data, console: console).requiringScans() }
    return try Manifest(correctedMasks: URL(fileURLWithPath: reference ?? ""), of: results)
  }
}
