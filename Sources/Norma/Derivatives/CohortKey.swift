import Foundation

/// What decides the results of all scans of a cohort, apart from the scans.
package struct CohortKey: Codable, Hashable, Sendable {
  /// Of the preprocessing's recipe; nil where there is none.
  let preprocessingDigest: String?
  let bundleDigest: String
  let threshold: Double
  let normaVersion: String

  package init(preprocessing: Preprocessing?, bundle: ModelBundle, threshold: Double) throws {
    preprocessingDigest = try preprocessing?.recipe.digest()
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

  /// For a reader, by name: what all scans must have in common.
  package func facts(exceedance: Bool) -> [String: String] {
    facts.merging(["exceedance map": exceedance ? "yes" : "no"]) { $1 }
  }

  var facts: [String: String] {
    [
      "preprocessing": preprocessingDigest.map { String($0.prefix(8)) } ?? "none",
      "bundle": String(bundleDigest.prefix(8)), "threshold": "\(threshold)", "Norma": normaVersion,
    ]
  }

  private enum CodingKeys: String, CodingKey {
    case preprocessingDigest = "PreprocessingSHA256"
    case bundleDigest = "BundleSHA256"
    case threshold = "Threshold"
    case normaVersion = "NormaVersion"
  }
}

extension ModelBundle {
  /// SHA-256 of `bundle.json`, which holds those of the other files.
  fileprivate func digest() throws -> String {
    try Digest.of(file: url.appendingPathComponent(Self.manifestFile))
  }
}
