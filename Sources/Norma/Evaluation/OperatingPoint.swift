import Foundation

/// A threshold, or the rule of regions, with the name of how it was chosen.
public struct OperatingPoint: Codable, Hashable, Sendable {
  /// Its name in `evaluation.json`, for example `fpr_0.01`.
  public let name: String
  /// Voxels with a score above it are predicted as lesion.
  public let threshold: Double
  /// The score that a called region must reach (``RegionRule/peak``); nil calls every region.
  public let peak: Double?

  /// A named threshold.
  public init(name: String, threshold: Double, peak: Double? = nil) {
    (self.name, self.threshold, self.peak) = (name, threshold, peak)
  }

  /// The rule at which calibration brain has `count` regions per whole brain.
  static func falseRegions(_ count: Double, extent: Double, peak: Double) -> OperatingPoint {
    OperatingPoint(name: String(format: "false_regions_%g", count), threshold: extent, peak: peak)
  }

  /// The threshold that a fraction `rate` of the calibration's brain voxels exceed.
  public static func falsePositiveRate(_ rate: Double, threshold: Double) -> OperatingPoint {
    OperatingPoint(name: String(format: "fpr_%.2f", rate), threshold: threshold)
  }
}

extension Evaluation.AtOperatingPoint {
  /// The name as people read it: `FPR 1 %` for `fpr_0.01`, `1 false region per brain` for
  /// `false_regions_1`.
  public var title: String {
    if let rate = number(after: "fpr_") { return "FPR \(String(format: "%g", 100 * rate)) %" }
    if let count = number(after: "false_regions_") {
      return "\(String(format: "%g", count)) false \(count == 1 ? "region" : "regions") per brain"
    }
    return name.replacingOccurrences(of: "_", with: " ")
  }

  private func number(after prefix: String) -> Double? {
    name.hasPrefix(prefix) ? Double(name.dropFirst(prefix.count)) : nil
  }
}
