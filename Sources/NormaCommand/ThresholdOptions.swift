public import ArgumentParser
import Foundation
public import Norma

/// Which bundle segments, above which value of its map, and whether it says how rare each value is.
struct ThresholdOptions: ParsableArguments {
  @Option(
    help: """
      Folder of a bundle, or the name of one that ships with Norma. Default: \(ModelBundle.defaultNameForVolumes), for \
      single slices \(ModelBundle.defaultNameForSlices).
      """)
  var bundle: String?

  @Option(help: "False-positive rate on lesion-free voxels that sets the threshold; default: the bundle's.")
  var fpr: Double?

  @Option(help: "Where the threshold comes from; training-percentile is the 98th. Default: fpr.")
  var thresholdFrom: ThresholdSource?

  @Option(
    help: "Threshold of the anomaly map, instead of a rate; or a table of them by case, as norma view saves.")
  var threshold: ChosenThreshold?

  @Flag(
    help:
      "Also write, for each voxel, the probability that one of a lesion-free person scores at least as high.")
  var exceedance = false

  /// The bundle with its threshold and those of single cases; `source` is nil for a value of the user's own,
  /// `exceedance` where no map of it is wanted.
  struct Choice {
    let bundle: ModelBundle
    let threshold: Double
    let ownThresholds: [String: Double]
    let source: ThresholdSource?
    let exceedance: Calibration?
  }

  func validate() throws {
    if fpr != nil && threshold != nil { throw ValidationError("Give --fpr or --threshold, not both.") }
    if let thresholdFrom, threshold != nil || fpr != nil && thresholdFrom != .fpr {
      throw ValidationError("Give --threshold-from, --fpr or --threshold, not two of them.")
    }
    if case .value(let threshold) = threshold, !(threshold >= 0 && threshold.isFinite) {
      throw ValidationError("--threshold must be 0 or more.")
    }
  }

  /// Opens the bundle, for these scans where none is named; throws a ``Problem`` where it or its threshold is not to be had.
  func choose(for cases: [ScanCase]) throws -> Choice {
    let model = try ModelBundle(named: bundle ?? ModelBundle.defaultName(for: cases))
    let calibration = model.description.calibration, source = thresholdFrom ?? .fpr
    let rate = fpr ?? model.description.configuration.calibration.defaultRate
    let chosen = try threshold?.table(for: cases) ?? ThresholdTable()
    return Choice(
      bundle: model, threshold: try chosen.ofOthers ?? calibration.threshold(from: source, rate: rate),
      ownThresholds: chosen.ofCases, source: chosen.ofOthers == nil ? source : nil,
      exceedance: exceedance ? calibration : nil)
  }
}

/// One threshold for all cases, or a table of them.
enum ChosenThreshold: ExpressibleByArgument {
  case value(Double)
  case file(String)

  init(argument: String) { self = Double(argument).map(Self.value) ?? .file(argument) }

  /// Throws a ``Problem`` for a table that cannot be read or says nothing of these cases.
  func table(for cases: [ScanCase]) throws -> ThresholdTable {
    switch self {
    case .value(let threshold): return ThresholdTable(ofOthers: threshold)
    case .file(let path):
      let table = try ThresholdTable(contentsOf: URL(fileURLWithPath: path))
      guard table.ofOthers != nil || cases.contains(where: { table.ofCases[$0.id] != nil }) else {
        throw Problem(
          .badData, "the table has a threshold for none of these cases", at: path,
          advice: "give the table of the same cases, or one with a row for all others: *")
      }
      return table
    }
  }
}

extension ThresholdSource: ExpressibleByArgument {}
