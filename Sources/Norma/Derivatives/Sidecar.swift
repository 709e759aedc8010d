import Cohort
import Preprocessing

/// The JSON file beside an image or the table of one scan.
struct Sidecar: Encodable {
  let image: ImageSidecar
  /// The program that made the scan from DICOM files; nil if it is unknown.
  let conversion: ConversionSoftware?
  let key: ResultKey
  let bundle: String
  let preprocessing: PreprocessingSettings?
  let record: PreprocessingRecord
  let domain: [InputDomain.Finding]
  let notes: [String]

  func encode(to encoder: any Encoder) throws {
    try image.encode(to: encoder)
    try key.encode(to: encoder)
    try conversion?.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(bundle, forKey: .bundle)
    try values.encodeIfPresent(preprocessing, forKey: .preprocessing)
    try values.encode(record, forKey: .record)
    try values.encode(domain, forKey: .domain)
    try values.encode(notes, forKey: .notes)
  }

  private enum CodingKeys: String, CodingKey {
    case bundle = "Bundle"
    case preprocessing = "Preprocessing"
    case record = "PreprocessingRecord"
    case domain = "InputDomain"
    case notes = "Notes"
  }
}
