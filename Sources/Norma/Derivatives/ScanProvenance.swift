import Base
package import Cohort

/// What the sidecars of a scan say of its making.
package struct ScanProvenance: Sendable {
  /// BIDS URIs or names of the input files.
  package let sources: [String]
  /// Nil where nobody asks later whether the scan is complete.
  package let key: ResultKey?

  package init(sources: [String], key: ResultKey? = nil) { (self.sources, self.key) = (sources, key) }
}

/// What decides the results of a scan: where a file beside them holds the same, they need not be made again.
package struct ResultKey: Codable, Hashable, Sendable {
  let inputDigest: String
  /// Nil where no brain mask is given.
  let brainMaskDigest: String?
  /// Nil where no transform is given.
  let transformDigest: String?
  /// As the manifest says, mm.
  let z: Double?
  let cohort: CohortKey

  package init(scan: ScanCase, cohort: CohortKey) throws {
    inputDigest = try Digest.of(file: scan.image)
    brainMaskDigest = try scan.brainMask.map { try Digest.of(file: $0) }
    transformDigest = try scan.templateTransform.map { try Digest.of(file: $0) }
    (z, self.cohort) = (scan.z, cohort)
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    inputDigest = try values.decode(String.self, forKey: .inputDigest)
    brainMaskDigest = try values.decodeIfPresent(String.self, forKey: .brainMaskDigest)
    transformDigest = try values.decodeIfPresent(String.self, forKey: .transformDigest)
    z = try values.decodeIfPresent(Double.self, forKey: .z)
    cohort = try CohortKey(from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(inputDigest, forKey: .inputDigest)
    try values.encodeIfPresent(brainMaskDigest, forKey: .brainMaskDigest)
    try values.encodeIfPresent(transformDigest, forKey: .transformDigest)
    try values.encodeIfPresent(z, forKey: .z)
    try cohort.encode(to: encoder)
  }

  private enum CodingKeys: String, CodingKey {
    case inputDigest = "InputSHA256"
    case brainMaskDigest = "BrainMaskSHA256"
    case transformDigest = "TemplateTransformSHA256"
    case z = "TemplateZ"
  }
}
