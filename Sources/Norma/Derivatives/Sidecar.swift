import Cohort
import Preprocessing

/// The JSON file beside a derived image.
struct Sidecar: Encodable {
  let description: String
  /// BIDS's word for what a mask shows; nil for other images.
  var maskType: String?
  /// BIDS URIs or names of the input files, the scan first, on whose grid the image is.
  let sources: [String]
  /// The program that made the scan from DICOM files; nil if it is unknown.
  let conversion: ConversionSoftware?
  let key: ResultKey
  let skullStripped = true
  let bundle: String
  let preprocessing: PreprocessingSettings?
  let record: PreprocessingRecord
  let domain: [InputDomain.Finding]
  let notes: [String]
  /// The columns of the table of the same name; empty without one.
  var columns = ColumnDescriptions()

  func encode(to encoder: any Encoder) throws {
    try key.encode(to: encoder)
    try conversion?.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(description, forKey: .description)
    try values.encodeIfPresent(maskType, forKey: .maskType)
    try values.encode(sources, forKey: .sources)
    try values.encodeIfPresent(sources.first, forKey: .spatialReference)
    try values.encode(skullStripped, forKey: .skullStripped)
    try values.encode(bundle, forKey: .bundle)
    try values.encodeIfPresent(preprocessing, forKey: .preprocessing)
    try values.encode(record, forKey: .record)
    try values.encode(domain, forKey: .domain)
    try values.encode(notes, forKey: .notes)
    try columns.encode(to: encoder)
  }

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case maskType = "Type"
    case sources = "Sources"
    case spatialReference = "SpatialReference"
    case skullStripped = "SkullStripped"
    case bundle = "Bundle"
    case preprocessing = "Preprocessing"
    case record = "PreprocessingRecord"
    case domain = "InputDomain"
    case notes = "Notes"
  }
}
