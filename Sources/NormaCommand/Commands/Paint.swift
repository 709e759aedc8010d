public import ArgumentParser
import Foundation
public import Norma

struct Paint: LoggingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Paint anomalies into lesion-free scans, to compare methods without a label.")

  @Option(help: "Manifest (.tsv) or folder of scans; cases with a lesion mask are skipped.")
  var data: String

  @Option(help: "The split whose cases are painted.")
  var split = Split.validation

  @Option(
    parsing: .upToNextOption,
    help: "Kinds: \(SyntheticTask.allCases.map(\.rawValue).joined(separator: ", ")).")
  var kinds = SyntheticTask.allCases

  @Option(help: "Seed; the same seed gives the same files.")
  var seed: UInt64 = 0

  @Option(name: .customLong("set"), help: "A key of the recipe, as in recipe.gridSize=128; may be repeated.")
  var settings: [String] = []

  @Option(name: [.short, .customLong("output")], help: "Folder for the cohort.")
  var output: String

  @OptionGroup var engine: EngineOptions
  @OptionGroup var console: Console

  func run() throws {
    _ = try engine.prepare()
    let recipe = try Recipe(settings: settings)
    let cases = try console.scans(at: data).cases(in: split)
      .filter { $0.lesionMask == nil }
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "there is no case without lesion mask in the \(split.rawValue) split", at: data,
        advice: "give a manifest with lesion-free cases, or another --split")
    }
    let folder = URL(fileURLWithPath: output)
    try PaintedCohort(tasks: kinds, recipe: recipe, seed: seed).write(cases, to: folder) {
      console.progress("painting \(Console.bar($0, of: $1))")
    }
    console.endProgress()
    console.result(folder.appendingPathComponent("manifest.tsv").path)
  }
}

extension SyntheticTask: ExpressibleByArgument {}
