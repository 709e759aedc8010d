import ArgumentParser
import Foundation
import Norma
import NormaReports

struct Experiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare methods with one protocol, one table and one report.",
    subcommands: [Baur2018.self])
}

struct Baur2018: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "baur2018",
    abstract: "The comparison of Baur et al. 2018, with baselines that do not learn.",
    discussion: """
      Trains every method on the lesion-free scans of the manifest, calibrates thresholds on its lesion-free \
      validation scans and scores its test scans. Runs that are finished in the output folder are kept: stop \
      the command at any time and run it again for the rest, or add methods with --methods.
      """)

  @Option(
    help:
      "Manifest (.tsv) with lesion-free training and validation scans, or anatomies, and test scans with masks."
  )
  var data: String

  @Option(name: [.short, .customLong("output")], help: "Folder of the experiment.")
  var output: String

  @Option(
    parsing: .upToNextOption,
    help: "Methods to compare (default: all): \(ExperimentPlan.baur2018.joined(separator: ", ")).")
  var methods: [String] = []

  @Option(help: "Number of seeds of every method that uses random numbers.")
  var seeds = 3

  @Option(help: "Side of the model grid in pixels: 128 (unified network) or 256 (as in the paper).")
  var scale = 128

  @Option(
    name: .customLong("set"),
    help:
      "Configuration key of all methods, as in training.epochs=20, or of one: dense-ae:training.epochs=20.")
  var settings: [String] = []

  @Option(help: "Number of test and calibration scans for AnoGAN's search; 0 = all.")
  var searchCases = 20

  @Option(help: "File that describes participants and scans in plain words, for cards and report.")
  var describe: String?

  @Flag(help: "Print what would be done, one line per run, and write nothing.")
  var dryRun = false

  @OptionGroup var masks: LesionMaskOptions
  @OptionGroup var printing: PDFOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare(), printer = try printing.printer()
    guard let scale = ExperimentPlan.Scale(rawValue: scale) else {
      throw Problem(.usage, "there is no scale \(scale)", at: "--scale", advice: "give 128 or 256")
    }
    let plan = try ExperimentPlan(
      methods: methods.isEmpty ? ExperimentPlan.baur2018 : methods, seeds: seeds, scale: scale,
      settings: settings, searchCases: searchCases)
    let manifest = try masks.manifest(at: data, console: console).requiringScans()
    let folder = ExperimentFolder(URL(fileURLWithPath: output))
    let experiment = try ExperimentRun(
      plan: plan, manifest: manifest, folder: folder,
      description: try describe.map { try Train.description(in: $0) } ?? "",
      template: InstalledFiles.preprocessing.template, device: device)
    if dryRun {
      for (run, isDone) in try experiment.plannedRuns {
        console.result("\(run.name)\t\(isDone ? "up to date" : "train and score")")
      }
      return
    }
    Interruption.listen()
    let results = try experiment.run(onEvent: report, shouldStop: { Interruption.requested })
    console.endProgress()
    let report = ExperimentReport(
      results, manifest: manifest, folder: folder,
      provenance: ReportProvenance(bundleName: "norma experiment"))
    let files = try report.write(to: folder)
    console.result(report.summary)
    let printed = try printer.map { [try $0.print(folder.report)] } ?? []
    for file in [folder.results, folder.table] + files + printed { console.result(file.path) }
  }

  private func report(_ event: ExperimentEvent) {
    switch event {
    case .run(let run, let index, let count):
      console.endProgress()
      console.log("\(run.name): run \(index + 1) of \(count)")
    case .kept(let run): console.log("\(run.name): up to date")
    case .training(let event): Train.report(event, to: console)
    case .scoring(let work, let index, let count):
      console.progress("\(work.rawValue) \(Console.bar(index, of: count)) \(index)/\(count)")
    case .finished(let run):
      console.endProgress()
      console.log("\(run.method)-\(run.seed): done")
    }
  }
}
