import ArgumentParser
import Foundation
import Norma

/// A configuration: a preset, overridden by a file and by single keys.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: "Starting configuration; see norma presets.")
  var preset: String?

  @Option(
    name: .customLong("config"), help: "YAML or JSON file of configuration keys that override the preset.")
  var file: String?

  @Option(name: .customLong("set"), help: "A single key, as in training.epochs=20; may be repeated.")
  var settings: [String] = []

  /// The resolved configuration; a preprocessed cohort in `data` brings its preprocessing.
  func resolved(data: String?, more: [String] = []) throws -> Configuration {
    try Configuration(
      preset: preset, cohort: data.map { URL(fileURLWithPath: $0) },
      file: file.map { URL(fileURLWithPath: $0) }, settings: settings + more)
  }
}
