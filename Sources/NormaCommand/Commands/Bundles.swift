import ArgumentParser
import Foundation
import Norma

struct Bundles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract:
      "List, show, verify, calibrate, combine, export and import bundles, and add notes to their cards.",
    subcommands: [
      List.self, Show.self, Verify.self, Calibrate.self, Combine.self, Note.self, Export.self, Import.self,
    ])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the bundles that ship with Norma.")

    func run() throws {
      for name in ModelBundle.shippedNames {
        let purposes = [
          ModelBundle.defaultNameForVolumes: " (default)",
          ModelBundle.defaultNameForSlices: " (default for slices)",
        ]
        Console.print(name + (purposes[name] ?? ""))
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the model card.")
    @Argument(help: "Folder of a bundle, or the name of a shipped one.") var bundle: String

    func run() throws {
      Console.print(
        try String(
          contentsOf: ModelBundle(named: bundle).url.appendingPathComponent("card.md"), encoding: .utf8))
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check the SHA-256 of the files and the model's output on a fixed slice.")
    @Argument(help: "Folder of a bundle, or the name of a shipped one.") var bundle: String
    @OptionGroup var engine: EngineOptions

    func run() throws {
      let model = try ModelBundle(named: bundle)
      try model.verify(device: engine.prepare())
      Console.print("\(model.description.name): ok")
    }
  }

  struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recalibrate the thresholds of a bundle on your own lesion-free scans, or on anatomies.")
    @Argument(help: "Folder of a bundle, or the name of a shipped one.") var bundle: String
    @Option(
      help:
        "Manifest (.tsv) or folder of scans; its validation scans, or validation anatomies, set the thresholds."
    )
    var data: String
    @OptionGroup var anatomies: AnatomyOptions
    @Option(
      name: .customLong("set"),
      help: "A key of scoring or calibration, as in scoring.minimumLesionSize=20; may be repeated.")
    var settings: [String] = []
    @Option(name: [.short, .customLong("output")], help: "Folder of the new bundle.") var output: String
    @Option(help: "Name of the new bundle. Default: the same name.") var name: String?
    @Option(help: "File that describes participants and scans in plain words. Default: the same text.")
    var describe: String?
    @OptionGroup var masks: LesionMaskOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var console: Console

    func run() throws {
      let device = try engine.prepare()
      let model = try ModelBundle(named: bundle)
      let calibrated = try BundleCalibration(model, settings: settings).write(
        on: masks.manifest(at: data, console: console), anatomies: anatomies.files,
        name: name ?? model.description.name,
        description: describe.map(Train.description), to: URL(fileURLWithPath: output), device: device,
        progress: console.calibrating)
      console.endProgress()
      Console.print(calibrated.url.path)
    }
  }

  struct Combine: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Combine bundles into one, whose map is their mean, or with --data a weighted sum.")
    @Argument(help: "Folders of two or more bundles, or names of shipped ones.") var bundles: [String]
    @Option(name: [.short, .customLong("output")], help: "Folder of the new bundle.") var output: String
    @Option(
      help:
        "Manifest (.tsv) or folder of scans; its validation scans, or validation anatomies, set the thresholds. For unlike methods, and for those trained on anatomies."
    )
    var data: String?
    @OptionGroup var anatomies: AnatomyOptions
    @Option(parsing: .upToNextOption, help: "Weight of each map; only with --data. Default: 1.")
    var weights: [Double] = []
    @Option(
      parsing: .upToNextOption,
      help: "Score of each map that is subtracted; only with --data. Default: 0.")
    var floors: [Double] = []
    @Flag(help: "Store the weights as 16-bit numbers.") var half = false
    @Option(help: "Name of the new bundle. Default: the name of the first.") var name: String?
    @Option(
      help: "File that describes participants and scans in plain words. Default: the text of the first.")
    var describe: String?
    @OptionGroup var masks: LesionMaskOptions
    @OptionGroup var engine: EngineOptions
    @OptionGroup var console: Console

    func validate() throws {
      for (option, values) in [("--weights", weights), ("--floors", floors)] where !values.isEmpty {
        guard data != nil else { throw ValidationError("\(option) needs --data") }
        guard values.count == bundles.count else {
          throw ValidationError("\(option) has \(values.count) numbers for \(bundles.count) bundles")
        }
      }
    }

    func run() throws {
      let device = try engine.prepare()
      let models = try bundles.map { try ModelBundle(named: $0) }
      let combined = try combination(of: models).write(
        name: name ?? models[0].description.name, description: try describe.map(Train.description),
        isHalf: half,
        to: URL(fileURLWithPath: output), device: device, progress: console.calibrating)
      console.endProgress()
      Console.print(combined.url.path)
    }

    private func combination(of models: [ModelBundle]) throws -> BundleCombination {
      guard let data else { return try BundleCombination(models) }
      return try BundleCombination(
        models.enumerated().map { index, model in
          .init(
            model, weight: weights.isEmpty ? 1 : weights[index], floor: floors.isEmpty ? 0 : floors[index])
        }, measuredOn: masks.manifest(at: data, console: console), anatomies: anatomies.files)
    }
  }

  struct Note: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add a section to the model card.")
    @Argument(help: "Folder of a bundle.") var bundle: String
    @Option(help: "Title of the section.") var section: String
    @Option(help: "Markdown file with its text.") var text: String

    func run() throws {
      guard let body = try? String(contentsOfFile: text, encoding: .utf8) else {
        throw Problem(.missingInput, "the text cannot be read", at: text, advice: "check the path")
      }
      try ModelBundle(contentsOf: URL(fileURLWithPath: bundle))
        .addToCard(section: section, text: body.trimmingCharacters(in: .whitespacesAndNewlines))
    }
  }
}
