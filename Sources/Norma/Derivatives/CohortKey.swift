import Base
package import Preprocessing
import Foundation

/// What decides the results of all scans of a cohort, apart from the scans.
package struct CohortKey: Codable, Hashable, Sendable {
  /// Of the preprocessing's recipe; nil where there is none.
  let preprocessingDigest: String?
  let bundleDigest: String
  private(set) var threshold: Double
  /// Whether the threshold is that of one case alone; nil where it is that of all.
  private(set) var isOfCase: Bool?
  let normaVersion: String

  package init(preprocessing: Preprocessor?, bundle: ModelBundle, threshold: Double) throws {
    preprocessingDigest = try preprocessing?.key.digest()
    bundleDigest = try bundle.digest()
    (self.threshold, normaVersion) = (threshold, NormaVersion.current)
  }

  /// The key that a sidecar holds; nil where it holds none.
  init?(sidecar: URL) {
    guard let data = try? Data(contentsOf: sidecar),
      let key = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = key
  }

  /// The key of a case with a threshold of its own; nil: it has that of all.
  package func with(ownThreshold: Double?) -> CohortKey {
    guard let ownThreshold else { return self }
    var key = self
    (key.threshold, key.isOfCase) = (ownThreshold, true)
    return key
  }

  /// For a reader, by name: what the parts of a cohort must have in common.
  package func facts(exceedance: Bool, ownThresholds: [String: Double]) -> [String: String] {
    let own =
      ownThresholds.isEmpty ? "none" : Digest.of(Data(ThresholdTable(ofCases: ownThresholds).text.utf8))
    return facts.merging([
      "exceedance map": exceedance ? "yes" : "no", "thresholds by case": String(own.prefix(8)),
    ]) { $1 }
  }

  /// What all scans must have in common; a threshold that somebody chose for one case need not be that of the others.
  var facts: [String: String] {
    var facts = [
      "preprocessing": preprocessingDigest.map { String($0.prefix(8)) } ?? "none",
      "bundle": String(bundleDigest.prefix(8)), "Norma": normaVersion,
    ]
    if isOfCase != true { facts["threshold"] = "\(threshold)" }
    return facts
  }

  private enum CodingKeys: String, CodingKey {
    case preprocessingDigest = "PreprocessingSHA256"
    case bundleDigest = "BundleSHA256"
    case threshold = "Threshold"
    case isOfCase = "ThresholdOfCase"
    case normaVersion = "NormaVersion"
  }
}

extension ModelBundle {
  /// SHA-256 of `bundle.json`, which holds those of the other files.
  fileprivate func digest() throws -> String {
    try Digest.of(file: url.appendingPathComponent(Self.descriptionFile))
  }
}
