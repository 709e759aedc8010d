import Base
import Preprocessing

/// What stands beside a derived image.
struct Sidecar: Encodable {
  let description: String
  /// BIDS's word for what a mask shows; nil for other images.
  let maskType: String?
  let provenance: ScanProvenance
  let skullStripped = true
  let bundle: String
  let normaVersion = NormaVersion.current
  let threshold: Double
  let preprocessing: PreprocessingSettings?
  let record: PreprocessingRecord
  let domain: [InputDomain.Finding]
  let notes: [String]

  func encode(to encoder: any Encoder) throws {
    try provenance.key?.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(description, forKey: .description)
    try values.encodeIfPresent(maskType, forKey: .maskType)
    try values.encode(provenance.sources, forKey: .sources)
    try values.encode(skullStripped, forKey: .skullStripped)
    try values.encode(bundle, forKey: .bundle)
    try values.encode(normaVersion, forKey: .normaVersion)
    try values.encode(threshold, forKey: .threshold)
    try values.encodeIfPresent(preprocessing, forKey: .preprocessing)
    try values.encode(record, forKey: .record)
    try values.encode(domain, forKey: .domain)
    try values.encode(notes, forKey: .notes)
  }

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case maskType = "Type"
    case sources = "Sources"
    case skullStripped = "SkullStripped"
    case bundle = "Bundle"
    case normaVersion = "NormaVersion"
    case threshold = "Threshold"
    case preprocessing = "Preprocessing"
    case record = "PreprocessingRecord"
    case domain = "InputDomain"
    case notes = "Notes"
  }
}
