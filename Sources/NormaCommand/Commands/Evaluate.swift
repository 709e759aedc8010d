import ArgumentParser
import Foundation
import Norma
import NormaReports

struct Evaluate: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the maps of norma segment with lesion masks.")

  @Option(help: "Output folder of norma segment.")
  var predictions: String

  @Option(help: "Manifest with lesion masks; only its test split is evaluated, if it has splits.")
  var data: String

  @Option(name: [.short, .customLong("output")], help: "Folder for evaluation.json and the tables.")
  var output: String

  @Option(help: "Bootstrap samples over participants.")
  var samples = 1000

  @Option(help: "Seed of the bootstrap.")
  var seed: UInt64 = 0

  @OptionGroup var masks: LesionMaskOptions
  @OptionGroup var console: Console

  func validate() throws {
    if samples < 1 { throw ValidationError("--samples must be 1 or more.") }
  }

  func run() throws {
    let manifest = try masks.manifest(at: data, console: console).requiringScans()
    let run = EvaluationRun(predictions: URL(fileURLWithPath: predictions), manifest: manifest)
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
    for file in files + [page] { console.result(file.path) }
  }
}
