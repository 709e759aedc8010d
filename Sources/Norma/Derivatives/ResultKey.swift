import Base
import Cohort
import Foundation
import Volumes

/// The inputs and settings that decide the results of a scan; results with an equal key are up to date.
struct ResultKey: Codable, Hashable, Sendable {
  let inputDigest: String
  /// Nil without a given brain mask.
  let brainMaskDigest: String?
  /// Nil without a T1w.
  let t1wDigest: String?
  /// Nil for a brain mask that is paired by its affine.
  let maskPairing: MaskPairing?
  /// Nil without a given transform.
  let transformDigest: String?
  /// The template-space z of the manifest, mm.
  let z: Double?
  /// True for a scan that `norma preprocess` wrote, else nil.
  let isPreprocessed: Bool?
  let cohort: CohortKey

  /// The key of a scan; throws a ``Problem`` if one of its files cannot be read.
  init(scan: ScanCase, cohort: CohortKey) throws {
    inputDigest = try Digest.of(file: scan.image)
    brainMaskDigest = try scan.brainMask.map { try Digest.of(file: $0) }
    t1wDigest = scan.t1wDigest
    maskPairing =
      scan.brainMask == nil || scan.maskReading.pairing == .affine ? nil : scan.maskReading.pairing
    transformDigest = try scan.templateTransform.map { try Digest.of(file: $0) }
    (z, isPreprocessed, self.cohort) = (scan.z, scan.isPreprocessed ? true : nil, cohort)
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    inputDigest = try values.decode(String.self, forKey: .inputDigest)
    brainMaskDigest = try values.decodeIfPresent(String.self, forKey: .brainMaskDigest)
    t1wDigest = try values.decodeIfPresent(String.self, forKey: .t1wDigest)
    maskPairing = try values.decodeIfPresent(MaskPairing.self, forKey: .maskPairing)
    transformDigest = try values.decodeIfPresent(String.self, forKey: .transformDigest)
    z = try values.decodeIfPresent(Double.self, forKey: .z)
    isPreprocessed = try values.decodeIfPresent(Bool.self, forKey: .isPreprocessed)
    cohort = try CohortKey(from: decoder)
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(inputDigest, forKey: .inputDigest)
    try values.encodeIfPresent(brainMaskDigest, forKey: .brainMaskDigest)
    try values.encodeIfPresent(t1wDigest, forKey: .t1wDigest)
    try values.encodeIfPresent(maskPairing, forKey: .maskPairing)
    try values.encodeIfPresent(transformDigest, forKey: .transformDigest)
    try values.encodeIfPresent(z, forKey: .z)
    try values.encodeIfPresent(isPreprocessed, forKey: .isPreprocessed)
    try cohort.encode(to: encoder)
  }

  private enum CodingKeys: String, CodingKey {
    case inputDigest = "InputSHA256"
    case brainMaskDigest = "BrainMaskSHA256"
    case t1wDigest = "T1wSHA256"
    case maskPairing = "MaskPairing"
    case transformDigest = "TemplateTransformSHA256"
    case z = "TemplateZ"
    case isPreprocessed = "Preprocessed"
  }
}
