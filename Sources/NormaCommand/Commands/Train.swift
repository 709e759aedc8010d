import ArgumentParser
import Foundation
import Norma

struct Train: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model on lesion-free scans or anatomies, calibrate its threshold and write its bundle."
  )

  @OptionGroup var options: ConfigurationOptions

  @Option(help: "Manifest (.tsv) of scans or anatomies, or folder of scans.")
  var data: String?

  @Option(name: [.short, .customLong("output")], help: "Folder of the run.")
  var output: String

  @Option(help: "Name of the bundle. Default: the preset's name.")
  var name: String?

  @Option(help: "File that describes participants and scans in plain words, for the model card.")
  var describe: String?

  @Flag(help: "Continue the run in the output folder; the result is bit-identical to an uninterrupted run.")
  var resume = false

  @Option(help: "Seed of weights, order and random numbers; same as --set training.seed=N.")
  var seed: Int?

  @Flag(help: "Print the resolved configuration and stop.")
  var dryRun = false

  @OptionGroup var masks: LesionMaskOptions
  @OptionGroup var printing: PDFOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    let device = try engine.prepare()
    let folder = RunFolder(URL(fileURLWithPath: output))
    if resume {
      return try Launch.together(console) {
        try train(TrainingRun(resuming: folder, device: device), in: folder, group: $0)
      }
    }
    let configuration = try options.resolved(data: data, more: seed.map { ["training.seed=\($0)"] } ?? [])
    if dryRun {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      return console.result(String(decoding: try encoder.encode(configuration), as: UTF8.self))
    }
    guard let data else {
      throw Problem(
        .usage, "no data to train on", at: "--data", advice: "give a manifest (.tsv) or a folder of scans")
    }
    try Launch.together(console) { group in
      let run = try TrainingRun(
        configuration: configuration,
        manifest: masks.manifest(at: data, console: group.rank == 0 ? console : nil), folder: folder,
        name: name ?? options.preset ?? configuration.method,
        description: describe.map { try Self.description(in: $0) } ?? "", device: device)
      try train(run, in: folder, group: group)
    }
  }

  /// Reads a description from a file.
  static func description(in file: String) throws -> String {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw Problem(.missingInput, "the description cannot be read", at: file, advice: "check the path")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func train(_ run: TrainingRun, in folder: RunFolder, group: any ProcessGroup) throws {
    let printer = try printing.printer()
    Interruption.listen()
    guard group.rank == 0 else {
      _ = try run.run(
        template: InstalledFiles.preprocessing.template, group: group, shouldStop: { Interruption.requested })
      return
    }
    let tracking = RunTracking(of: folder, store: RunStoreOptions.standard, console: console)
    let bundle = try run.run(
      template: InstalledFiles.preprocessing.template, group: group,
      onEvent: { event in
        Self.report(event, to: console)
        tracking.add(event)
      }, shouldStop: { Interruption.requested })
    console.endProgress()
    tracking.finish()
    console.result(bundle.url.path)
    // A method without epochs has no report.
    if let printer, FileManager.default.fileExists(atPath: folder.report.path) {
      console.result(try printer.print(folder.report).path)
    }
  }

  /// Logs an event of a training.
  static func report(_ event: TrainingEvent, to console: Console) {
    switch event {
    case .preparing(let index, let count):
      console.progress("reading \(Console.bar(index, of: count)) \(index)/\(count)")
    case .started(let training, let validation, let progress):
      console.endProgress()
      console.log(
        progress.epoch == 0 && progress.step == 0 ? "training" : "resuming at epoch \(progress.epoch + 1)",
        ["training_slices": "\(training)", "validation_slices": "\(validation)"])
    case .step(let step):
      console.progress(
        "epoch \(step.epoch)/\(step.epochs) \(Console.bar(step.step, of: step.steps)) loss "
          + "\(String(format: "%.4g", step.losses.total))  "
          + "\(String(format: "%.1f", step.imagesPerSecond)) img/s  "
          + "\(Console.duration(step.secondsLeft)) left")
    case .epoch(let record):
      console.endProgress()
      console.log(
        "epoch \(record.epoch)",
        [
          "loss": String(format: "%.5g", record.trainingLoss),
          "validation": record.validationLoss.map { String(format: "%.5g", $0) } ?? "none",
          "best": record.isBest ? "yes" : "no", "img/s": String(format: "%.1f", record.imagesPerSecond),
        ])
    case .saved: break
    case .calibrating(let index, let count):
      console.calibrating(index, count)
    }
  }
}
