/// BIDS's fields of the JSON file beside a derived image or a table.
struct ImageSidecar: Encodable {
  let description: String
  /// BIDS's word for what a mask shows; nil for other images.
  var maskType: String?
  /// BIDS URIs or names of the files that it was made from.
  let sources: [String]
  /// BIDS URI, name or web page of an image on the same grid.
  let spatialReference: String?
  let skullStripped = true
  /// The columns of the table of the same name; empty without one.
  var columns = ColumnDescriptions()

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(description, forKey: .description)
    try values.encodeIfPresent(maskType, forKey: .maskType)
    try values.encode(sources, forKey: .sources)
    try values.encodeIfPresent(spatialReference, forKey: .spatialReference)
    try values.encode(skullStripped, forKey: .skullStripped)
    try columns.encode(to: encoder)
  }

  private enum CodingKeys: String, CodingKey {
    case description = "Description"
    case maskType = "Type"
    case sources = "Sources"
    case spatialReference = "SpatialReference"
    case skullStripped = "SkullStripped"
  }
}
