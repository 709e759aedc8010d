import ArgumentParser
import Foundation
import Norma

struct Bundles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Look at a bundle, verify it, add to its card.",
    subcommands: [List.self, Show.self, Verify.self, Note.self])

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
