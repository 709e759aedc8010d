import ArgumentParser
import Norma

struct Presets: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List the presets and methods.")

  func run() {
    print("presets")
    for preset in Preset.all { print("  \(preset.name): \(preset.summary)") }
    print("methods")
    for method in MethodRegistry.entries { print("  \(method.name): \(method.summary)") }
  }
}
