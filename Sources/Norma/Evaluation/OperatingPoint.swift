import Foundation

/// A threshold with the name of how it was chosen.
public struct OperatingPoint: Codable, Hashable, Sendable {
  /// Its name in `evaluation.json`, for example `healthy_fpr_0.01`.
  public let name: String
  /// Voxels with a score above it are predicted as lesion.
  public let threshold: Double

  /// A named threshold.
  public init(name: String, threshold: Double) {
    (self.name, self.threshold) = (name, threshold)
  }

  /// The threshold that a fraction `rate` of the brain voxels of lesion-free validation cases exceed.
  public static func healthyFPR(_ rate: Double, threshold: Double) -> OperatingPoint {
    OperatingPoint(name: String(format: "healthy_fpr_%.2f", rate), threshold: threshold)
  }
}

extension Evaluation.AtOperatingPoint {
  /// The name for display: `healthy FPR 1 %` for `healthy_fpr_0.01`.
  public var title: String {
    let prefix = "healthy_fpr_"
    guard name.hasPrefix(prefix), let rate = Double(name.dropFirst(prefix.count)) else {
      return name.replacingOccurrences(of: "_", with: " ")
    }
    return "healthy FPR \(String(format: "%g", 100 * rate)) %"
  }
}
