/// What the sidecars of a scan say of its making.
package struct ScanProvenance: Sendable {
  /// BIDS URIs or names of the input files.
  package let sources: [String]
  /// Nil where nobody asks later whether the scan is complete.
  package let key: ResultKey?

  package init(sources: [String], key: ResultKey? = nil) { (self.sources, self.key) = (sources, key) }
}

/// What decides the results of a scan: where a sidecar holds the same, they need not be made again.
package struct ResultKey: Codable, Hashable, Sendable {
  let inputDigest: String
  /// Nil where no brain mask is given.
  let brainMaskDigest: String?
  /// Of the preprocessing's recipe; nil where there is none.
  let preprocessingDigest: String?
  let bundleDigest: String
  let threshold: Double
  let normaVersion: String

  package init(
    scan: ScanCase, preprocessing: Preprocessing?, bundleDigest: String, threshold: Double
  ) throws {
    inputDigest = try Digest.of(file: scan.image)
    brainMaskDigest = try scan.brainMask.map { try Digest.of(file: $0) }
    preprocessingDigest = try preprocessing.map { Digest.of(try AtomicFile.encoded($0.recipe)) }
    (self.bundleDigest, self.threshold, normaVersion) = (bundleDigest, threshold, NormaVersion.current)
  }

  enum CodingKeys: String, CodingKey {
    case inputDigest = "InputSHA256"
    case brainMaskDigest = "BrainMaskSHA256"
    case preprocessingDigest = "PreprocessingSHA256"
    case bundleDigest = "BundleSHA256"
    case threshold = "Threshold"
    case normaVersion = "NormaVersion"
  }
}
