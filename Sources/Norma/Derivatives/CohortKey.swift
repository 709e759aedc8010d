import Base
import Foundation
import Preprocessing

/// The settings that decide the results of all scans of a cohort.
package struct CohortKey: Codable, Hashable, Sendable {
  /// The digest of the preprocessing's settings and files; nil without preprocessing.
  let preprocessingDigest: String?
  let bundleDigest: String
  private(set) var threshold: Double
  /// Whether the threshold is that of one case; nil for the common threshold.
  private(set) var isOfCase: Bool?
  let hasExceedance: Bool
  let normaVersion: String

  init(preprocessing: Preprocessor?, bundle: ModelBundle, threshold: Double, exceedance: Bool) throws {
    preprocessingDigest = try preprocessing?.key.digest()
    bundleDigest = try bundle.digest()
    (self.threshold, hasExceedance, normaVersion) = (threshold, exceedance, NormaVersion.current)
  }

  /// Returns the key of a case with a threshold of its own; nil means the common threshold.
  func with(ownThreshold: Double?) -> CohortKey {
    guard let ownThreshold else { return self }
    var key = self
    (key.threshold, key.isOfCase) = (ownThreshold, true)
    return key
  }

  /// The settings that scans need in common to be compared, by name; a threshold of one case is not among
  /// them.
  var comparable: [String: String] {
    var settings = [
      "preprocessing": preprocessingDigest.map { String($0.prefix(8)) } ?? "none",
      "bundle": String(bundleDigest.prefix(8)), "Norma": normaVersion,
    ]
    if isOfCase != true { settings["threshold"] = "\(threshold)" }
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
    case isOfCase = "ThresholdOfCase"
    case hasExceedance = "ExceedanceMap"
    case normaVersion = "NormaVersion"
  }
}

extension ModelBundle {
  /// SHA-256 of `bundle.json`, which holds those of the other files.
  fileprivate func digest() throws -> String {
    try Digest.of(file: url.appendingPathComponent(Self.descriptionFile))
  }
}
