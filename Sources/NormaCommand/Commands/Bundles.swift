import ArgumentParser
import Foundation
import Norma

struct Bundles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Look at a bundle, verify it, add to its card; combine several.",
    subcommands: [List.self, Show.self, Verify.self, Combine.self, Note.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The bundles that ship with Norma.")

    func run() throws {
      for name in ModelBundle.shippedNames {
        let purposes = [
          ModelBundle.defaultNameForVolumes: " (default)",
          ModelBundle.defaultNameForSlices: " (default for slices)",
        ]
        print(name + (purposes[name] ?? ""))
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the model card.")
    @Argument(help: "Folder of a bundle, or the name of a shipped one.") var bundle: String

    func run() throws {
      print(
        try String(
          contentsOf: ModelBundle(named: bundle).url.appendingPathComponent("card.md"), encoding: .utf8))
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check the files' sums, load the weights, run the model on a fixed slice.")
    @Argument(help: "Folder of a bundle, or the name of a shipped one.") var bundle: String
    @OptionGroup var engine: EngineOptions

    func run() throws {
      let model = try ModelBundle(named: bundle)
      try model.verify(device: engine.prepare())
      print("\(model.manifest.name): ok")
    }
  }

  struct Combine: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make one bundle of several that differ by seed or fold; its map is the mean of theirs.")
    @Argument(help: "Folders of two or more bundles.") var bundles: [String]
    @Option(name: [.short, .customLong("output")], help: "Folder of the new bundle.") var output: String
    @Option(help: "Name of the new bundle; default: that of the first.") var name: String?
    @Option(help: "File with plain words about the people and scans; default: those of the first.")
    var describe: String?
    @OptionGroup var engine: EngineOptions

    func run() throws {
      let device = try engine.prepare()
      let models = try bundles.map { try ModelBundle(named: $0) }
      let combined = try BundleCombination(models).write(
        name: name ?? models[0].manifest.name, description: try describe.map(Train.description),
        to: URL(fileURLWithPath: output), device: device)
      print(combined.url.path)
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
