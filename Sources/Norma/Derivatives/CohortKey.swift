import Base
import Foundation
import Methods
import Preprocessing

/// The settings that decide the results of all scans of a cohort.
package struct CohortKey: Codable, Hashable, Sendable {
  /// The digest of the preprocessing's settings and files; nil without preprocessing.
  let preprocessingDigest: String?
  let bundleDigest: String
  /// The extent of the rule of regions.
  private(set) var threshold: Double
  /// Its peak; nil for a plain threshold.
  private(set) var peak: Double?
  /// Its smallest volume in mm³; nil for that of the bundle.
  let minimumVolume: Double?
  /// Whether the threshold is that of one case; nil for the common threshold.
  private(set) var isOfCase: Bool?
  let hasExceedance: Bool
  /// The precision of networks; nil for float32.
  let precision: Precision?
  let normaVersion: String

  init(
    preprocessing: Preprocessor?, bundle: ModelBundle, rule: RegionRule, exceedance: Bool,
    precision: Precision = .float32
  ) throws {
    preprocessingDigest = try preprocessing?.key.digest()
    bundleDigest = try bundle.digest()
    (threshold, peak, minimumVolume) = (rule.extent, rule.peak, rule.minimumVolume)
    (hasExceedance, normaVersion) = (exceedance, NormaVersion.current)
    self.precision = precision == .float32 ? nil : precision
  }

  /// The rule of the regions.
  var rule: RegionRule { RegionRule(extent: threshold, peak: peak, minimumVolume: minimumVolume) }

  /// Returns the key of a case with a threshold of its own; nil means the common threshold.
  func with(ownThreshold: Double?) -> CohortKey {
    guard let ownThreshold else { return self }
    var key = self
    (key.threshold, key.peak, key.isOfCase) = (ownThreshold, nil, true)
    return key
  }

  /// The settings that scans need in common to be compared, by name; a threshold of one case is not among
  /// them.
  var comparable: [String: String] {
    var settings = [
      "preprocessing": preprocessingDigest.map { String($0.prefix(8)) } ?? "none",
      "bundle": String(bundleDigest.prefix(8)), "Norma": normaVersion,
    ]
    if isOfCase != true {
      settings["threshold"] = "\(threshold)"
      settings["peak threshold"] = peak.map { "\($0)" }
    }
    settings["precision"] = precision?.rawValue
    settings["smallest region"] = minimumVolume.map { "\($0) mm³" }
    return settings
  }

  /// The settings that shards of a cohort need in common, by name.
  func shared(ownThresholds: [String: Double]) -> [String: String] {
    let own = Digest.of(Data(ThresholdTable(ofCases: ownThresholds).text.utf8))
    return comparable.merging([
      "exceedance map": hasExceedance ? "yes" : "no",
      "thresholds by case": ownThresholds.isEmpty ? "none" : String(own.prefix(8)),
    ]) { $1 }
  }

  private enum CodingKeys: String, CodingKey {
    case preprocessingDigest = "PreprocessingSHA256"
    case bundleDigest = "BundleSHA256"
    case threshold = "Threshold"
    case peak = "PeakThreshold"
    case minimumVolume = "MinimumRegionVolume"
    case isOfCase = "ThresholdOfCase"
    case hasExceedance = "ExceedanceMap"
    case precision = "Precision"
    case normaVersion = "NormaVersion"
  }
}

extension ModelBundle {
  /// SHA-256 of `bundle.json`, which holds those of the other files.
  fileprivate func digest() throws -> String {
    try Digest.of(file: url.appendingPathComponent(Self.descriptionFile))
  }
}
