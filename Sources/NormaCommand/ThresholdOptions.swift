public import ArgumentParser
import Foundation
public import Norma

/// The bundle that segments, the threshold of its maps, and whether to write the map of exceedance.
struct ThresholdOptions: ParsableArguments {
  @Option(
    help: """
      Folder of a bundle, or the name of one that ships with Norma. Default: \
      \(ModelBundle.defaultNameForVolumes), for single slices \(ModelBundle.defaultNameForSlices).
      """)
  var bundle: String?

  @Option(
    help: "False-positive rate on lesion-free voxels that sets the threshold. Default: the bundle's rate.")
  var fpr: Double?

  @Option(help: "Source of the threshold; training-percentile is the 98th. Default: fpr.")
  var thresholdFrom: ThresholdSource?

  @Option(
    help: "Threshold of the anomaly map instead of a rate, or a table of thresholds from norma view.")
  var threshold: GivenThreshold?

  @Flag(
    help:
      "Also write the probability that a lesion-free voxel of the calibration scans scores at least as high.")
  var exceedance = false

  func validate() throws {
    if fpr != nil && threshold != nil { throw ValidationError("Give --fpr or --threshold, not both.") }
    if let thresholdFrom, threshold != nil || fpr != nil && thresholdFrom != .fpr {
      throw ValidationError("Give --threshold-from, --fpr or --threshold, not two of them.")
    }
    if case .value(let threshold) = threshold, !(threshold >= 0 && threshold.isFinite) {
      throw ValidationError("--threshold must be 0 or more.")
    }
  }

  /// Opens the bundle, by default the one for these scans; throws a ``Problem`` if it or its threshold is
  /// missing.
  func open(for cases: [ScanCase]) throws -> (bundle: ModelBundle, thresholds: ThresholdChoice) {
    let model = try ModelBundle(named: bundle ?? ModelBundle.defaultName(for: cases))
    let rate = fpr ?? model.description.configuration.calibration.defaultRate
    let thresholds = try ThresholdChoice(
      threshold?.table(for: cases) ?? ThresholdTable(), or: model.description.calibration,
      source: thresholdFrom ?? .fpr, rate: rate)
    return (model, thresholds)
  }
}

/// One threshold for all cases, or the file of a table.
enum GivenThreshold: ExpressibleByArgument {
  case value(Double)
  case file(String)

  init(argument: String) { self = Double(argument).map(Self.value) ?? .file(argument) }

  /// The table of thresholds; throws a ``Problem`` for a file that cannot be read or names none of the cases.
  func table(for cases: [ScanCase]) throws -> ThresholdTable {
    switch self {
    case .value(let threshold): ThresholdTable(ofOthers: threshold)
    case .file(let path): try ThresholdTable(contentsOf: URL(fileURLWithPath: path), for: cases)
    }
  }
}

extension ThresholdSource: ExpressibleByArgument {}
