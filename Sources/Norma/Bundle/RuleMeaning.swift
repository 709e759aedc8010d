import Base
import Foundation

extension BundleDescription {
  /// The brain whose voxels and regions count as normal in the calibration, in words.
  ///
  /// A scan without an annotated lesion is a lesion-free scan, not a healthy participant.
  public var calibrationBrain: String {
    if let anatomies = calibration.anatomies {
      return Self.count(calibration.cases, "simulated lesion-free brain") + " of "
        + (anatomies == 1 ? "1 anatomy" : "\(anatomies) anatomies")
    }
    let people = Self.count(calibration.participants, calibrationUnit)
    return isAwayFromLesions
      ? "brain outside the known lesions of \(people)" : "lesion-free scans of \(people)"
  }

  /// The word for one of the calibration: participant or brain.
  public var calibrationUnit: String { isSimulated ? "brain" : "participant" }

  /// The description of the map of exceedance.
  var exceedanceMeaning: String {
    "Probability that a voxel of another \(isSimulated ? "such brain" : "scan") scores at least as high, "
      + "conformal over \(calibrationBrain); 1 = as expected or outside the brain, NaN = brain "
      + "that was not scored"
  }

  /// Whether simulated brains calibrate, and not scans.
  var isSimulated: Bool { calibration.anatomies != nil }

  /// Whether scans with lesions calibrate too, by their voxels away from them.
  var isAwayFromLesions: Bool {
    !isSimulated && configuration.training.exclusion == .voxels && calibration.casesWithLesion != 0
  }

  /// Returns which voxels of a map are regions by a rule, and how much of that the calibration shows, in
  /// sentences. `scoredVolumeML` is that of the scan; nil for any.
  public func meaning(of rule: RegionRule, scoredVolumeML: Double? = nil) -> String {
    let minimum = rule.minimumVolume ?? configuration.scoring.minimumLesionSize
    let size = minimum > 0 ? " over at least \(Self.text(minimum)) mm³" : ""
    guard let peak = rule.peak else {
      return "Regions are where the anomaly map exceeds \(Self.text(rule.extent))\(size). "
        + share(above: rule.extent, scoredVolumeML: scoredVolumeML)
    }
    return "Regions are where the anomaly map exceeds \(Self.text(rule.extent))\(size) and has a peak above "
      + "\(Self.text(peak)). " + falseRegions(peak: peak, extent: rule.extent, minimumVolume: minimum)
  }

  private func share(above threshold: Double, scoredVolumeML: Double?) -> String {
    let rate = calibration.rate(above: threshold)
    let isBound = calibration.curve.first.map { threshold > $0.threshold } ?? false
    let volume = scoredVolumeML.map { " (\(Self.text(rate * $0, digits: 3)) mL here)" } ?? ""
    return
      "In a brain without lesions, \(isBound ? "at most" : "about") \(Self.text(rate * 100, digits: 3)) % of "
      + "voxels\(volume) would also be marked, as measured on \(calibrationBrain)."
  }

  private func falseRegions(peak: Double, extent: Double, minimumVolume: Double) -> String {
    guard let regions = calibration.regions, regions.extent == extent else { return "" }
    let found = zip(regions.peaks, regions.volumes).count { $0 > peak && $1 >= minimumVolume }
    return
      "A brain without lesions has \(Self.text(Double(found) / regions.brains, digits: 2)) such regions on average, as "
      + "measured on \(calibrationBrain)."
  }

  private static func count(_ number: Int, _ name: String) -> String {
    "\(number) \(name)\(number == 1 ? "" : "s")"
  }

  private static func text(_ value: Double, digits: Int = 4) -> String {
    String(format: "%.\(digits)g", value)
  }
}
