package import Foundation

extension Decodable {
  /// Decodes a JSON file; nil if there is none that can be read as this type.
  package init?(json file: URL) {
    guard let data = try? Data(contentsOf: file), let value = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = value
  }
}
