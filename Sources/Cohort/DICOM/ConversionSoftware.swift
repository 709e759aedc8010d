import Base
package import Foundation

/// The program that made a NIfTI file from DICOM files, by BIDS's fields in the JSON file beside the image.
package struct ConversionSoftware: Codable, Sendable {
  private let name: String?
  private let version: String?

  /// Nil without these fields.
  package init?(of image: URL) {
    let file = image.deletingLastPathComponent().appendingPathComponent("\(Manifest.stem(image)).json")
    guard let found = Self(json: file), found.name != nil || found.version != nil else { return nil }
    self = found
  }

  private enum CodingKeys: String, CodingKey {
    case name = "ConversionSoftware"
    case version = "ConversionSoftwareVersion"
  }
}
