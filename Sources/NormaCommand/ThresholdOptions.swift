public import ArgumentParser
import Foundation
public import Norma

/// The bundle that segments, the rule of regions, and whether to write the map of exceedance.
struct ThresholdOptions: ParsableArguments {
  @Option(
    help: """
      Folder of a bundle, or the name of one that ships with Norma. Default: \
      \(ModelBundle.defaultNameForVolumes), for single slices \(ModelBundle.defaultNameForSlices).
      """)
  var bundle: String?

  @Option(
    help: """
      False regions to allow per brain (1,200 mL), as counted by the bundle's calibration in scans or simulated \
      brains without a known lesion. Sets the peak threshold. Default, for volumes: the bundle's number, if it has \
      one.
      """)
  var falseRegions: Double?

  @Option(help: "Smallest region in mm³ (single slices: mm²). Default: the bundle's.")
  var minVolume: Double?

  @Option(
    help: """
      Fraction of voxels without a known lesion (0.01 or 1%) that exceed the threshold; there is no peak \
      threshold. Default, if --false-regions has none: the bundle's rate.
      """, transform: Self.fraction)
  var fpr: Double?

  @Option(help: "Source of the threshold; training-percentile is the 98th. Default: false-regions, else fpr.")
  var thresholdFrom: ThresholdSource?

  @Option(
    help: """
      Threshold of the anomaly map, without a peak threshold, or a table of thresholds from norma view.
      """)
  var threshold: GivenThreshold?

  @Flag(
    help:
      "Also write the probability that a voxel without a known lesion scores at least as high as this one.")
  var exceedance = false

  func validate() throws {
    let given: [(name: String, isGiven: Bool)] = [
      ("--false-regions", falseRegions != nil), ("--fpr", fpr != nil), ("--threshold", threshold != nil),
    ]
    let names = given.filter(\.isGiven).map(\.name)
    if names.count > 1 { throw ValidationError("Give \(names[0]) or \(names[1]), not both.") }
    if let thresholdFrom, let name = names.first, thresholdFrom.option != name {
      throw ValidationError("Give --threshold-from or \(name), not both.")
    }
    if let minVolume, !(minVolume >= 0 && minVolume.isFinite) {
      throw ValidationError("--min-volume must be 0 or more.")
    }
    if case .value(let threshold) = threshold, !(threshold >= 0 && threshold.isFinite) {
      throw ValidationError("--threshold must be 0 or more.")
    }
  }

  /// Reads a fraction, such as `0.01` or `1%`.
  static func fraction(_ text: String) throws -> Double {
    let number = text.hasSuffix("%") ? text.dropLast().trimmingCharacters(in: .whitespaces) : text
    guard let value = Double(number) else {
      throw ValidationError("it is a fraction, as in 0.01 or 1%")
    }
    return text.hasSuffix("%") ? value / 100 : value
  }

  /// Opens the bundle, by default the one for these scans; throws a ``Problem`` if it or its threshold is
  /// missing.
  func open(for cases: [ScanCase]) throws -> (bundle: ModelBundle, thresholds: ThresholdChoice) {
    let model = try ModelBundle(named: bundle ?? ModelBundle.defaultName(for: cases))
    let source = thresholdFrom ?? (fpr != nil ? .fpr : falseRegions != nil ? .falseRegions : nil)
    let thresholds = try ThresholdChoice(
      threshold?.table(for: cases) ?? ThresholdTable(), or: model.description.calibration,
      request: .init(source: source, rate: fpr, falseRegions: falseRegions, minimumVolume: minVolume),
      configuration: model.description.configuration, areVolumes: !ModelBundle.areSlices(cases))
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

extension ThresholdSource: ExpressibleByArgument {
  /// The option with the number of this source.
  fileprivate var option: String? {
    switch self {
    case .fpr: "--fpr"
    case .falseRegions: "--false-regions"
    case .trainingPercentile, .labelledValidation: nil
    }
  }
}
