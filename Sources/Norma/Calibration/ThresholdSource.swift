import Base

/// The origin of a threshold.
public enum ThresholdSource: String, Codable, Hashable, Sendable, CaseIterable {
  /// A rate of brain voxels of the calibration.
  case fpr
  /// A number of regions per brain of the calibration: an extent and a peak.
  case falseRegions = "false-regions"
  /// The 98th percentile of lesion-free training scans.
  case trainingPercentile = "training-percentile"
  /// The best Dice on validation scans with lesions.
  case labelledValidation = "labelled-validation"
}

extension Calibration {
  /// Returns the threshold of a source, of false regions the extent; `rate` is the false-positive rate of
  /// ``ThresholdSource/fpr``.
  ///
  /// - Throws: A ``Problem`` if the bundle has none.
  public func threshold(from source: ThresholdSource, rate: Double) throws -> Double {
    let threshold: Double? =
      switch source {
      case .fpr: try threshold(atRate: rate)
      case .falseRegions: regions?.extent
      case .trainingPercentile:
        trainingPercentiles?.curve.first { $0.percentile == TrainingPercentiles.usual }?.threshold
      case .labelledValidation: labelledValidation?.threshold
      }
    guard let threshold else {
      throw Problem(
        .usage, "the bundle has no threshold of the kind '\(source.rawValue)'", at: "--threshold-from",
        advice: "use --fpr, or train the bundle with \(source.needs)")
    }
    return threshold
  }

  /// The regions of the calibration.
  ///
  /// - Throws: A ``Problem`` if it has none, or for single slices.
  func regions(ofVolumes areVolumes: Bool) throws -> RegionCalibration {
    guard areVolumes else {
      throw Problem(
        .usage, "a single slice is not a brain, so its false regions are not known", at: "--false-regions",
        advice: "use --fpr")
    }
    guard let regions else {
      throw Problem(
        .usage, "the bundle has not counted the false regions of whole brains", at: "--false-regions",
        advice: "calibrate it with norma bundle calibrate on volumes without lesions, or use --fpr")
    }
    return regions
  }

  /// The thresholds that do not belong to a rate, by name: `training-percentile-98`, `labelled-validation`.
  var thresholdsByName: [String: Double] {
    var thresholds = [String: Double]()
    for point in trainingPercentiles?.curve ?? [] {
      thresholds["\(ThresholdSource.trainingPercentile.rawValue)-\(Int(point.percentile))"] = point.threshold
    }
    thresholds[ThresholdSource.labelledValidation.rawValue] = labelledValidation?.threshold
    return thresholds
  }
}

extension ThresholdSource {
  fileprivate var needs: String {
    switch self {
    case .fpr: "lesion-free validation cases or anatomies"
    case .falseRegions: "lesion-free validation volumes or anatomies"
    case .trainingPercentile: "lesion-free training cases"
    case .labelledValidation: "validation cases that have a lesion and its mask"
    }
  }
}
