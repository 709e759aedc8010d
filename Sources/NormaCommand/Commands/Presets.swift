import ArgumentParser
import Foundation
import Norma

struct Presets: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the presets and methods.")

  @Flag(help: ArgumentHelp("Everything that configurations can hold, as JSON.", visibility: .hidden))
  var json = false

  func run() throws {
    guard json else {
      Console.print("presets")
      for preset in Preset.all { Console.print("  \(preset.name): \(preset.summary)") }
      Console.print("methods")
      for method in MethodRegistry.entries { Console.print("  \(method.name): \(method.summary)") }
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    Console.print(String(decoding: try encoder.encode(ConfigurationListing()), as: UTF8.self))
  }
}

/// The methods and presets with all their keys, from which the configuration reference is written.
private struct ConfigurationListing: Encodable {
  struct Method: Encodable {
    let name, summary: String
    let needsZScores, learnsFromLesions, needsAnatomies: Bool
    /// The defaults, with the sections that all methods share.
    let defaults: Configuration
  }

  struct Listed: Encodable {
    let name, summary: String
    /// The keys of each layer, as `key=value`.
    let layers: [[String]]
  }

  let methods: [Method]
  let presets: [Listed]

  init() throws {
    methods = try MethodRegistry.entries.map { entry in
      Method(
        name: entry.name, summary: entry.summary,
        needsZScores: try entry.needsZScores(model: entry.defaults),
        learnsFromLesions: entry.learnsFromLesions, needsAnatomies: entry.metadata.needsAnatomies,
        defaults: try Configuration(method: entry.name))
    }
    presets = try Preset.all.map { preset in
      Listed(
        name: preset.name, summary: preset.summary,
        layers: try preset.nodes.map { layer in layer.leaves.map { "\($0.path)=\($0.value.typed)" } })
    }
  }
}
