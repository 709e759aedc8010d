import Foundation

/// A parsed BIDS file name, such as `sub-01_acq-3d_FLAIR.nii.gz`.
package struct BIDSName: Hashable, Sendable {
  /// A short key and its label.
  package struct Entity: Hashable, Sendable {
    package let key: String
    package let label: String

    var text: String { "\(key)-\(label)" }
  }

  /// The entities in the order of the name.
  package let entities: [Entity]
  package let suffix: String
  /// The extension with its dots: `.nii.gz`.
  package let fileExtension: String

  /// Parses a file name; returns nil if it is not a BIDS name.
  package init?(_ fileName: String) {
    let stem = fileName.prefix { $0 != "." }
    let parts = stem.split(separator: "_", omittingEmptySubsequences: false)
    let entities = parts.dropLast().compactMap(Entity.init)
    guard let suffix = parts.last, Self.isLabel(suffix), entities.count == parts.count - 1,
      entities.first?.key == "sub", Set(entities.map(\.key)).count == entities.count
    else { return nil }
    (self.entities, self.suffix) = (entities, String(suffix))
    fileExtension = String(fileName.dropFirst(stem.count))
  }

  package subscript(_ key: String) -> String? { entities.first { $0.key == key }?.label }

  /// The part of the name before the suffix: `sub-01_acq-3d`.
  package var prefix: String { entities.map(\.text).joined(separator: "_") }

  var isImage: Bool { [".nii", ".nii.gz"].contains(fileExtension) }

  /// Returns all entities but one.
  func entities(without key: String) -> [Entity] { entities.filter { $0.key != key } }

  /// How little an image fits another of its session: a contrast agent counts most, then entities that differ.
  func strangeness(to other: BIDSName) -> Int {
    (self["ce"] == nil ? 0 : 100) + Set(entities).symmetricDifference(other.entities).count
  }

  fileprivate static func isLabel(_ text: Substring) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+") }
  }
}

extension BIDSName.Entity {
  fileprivate init?(_ text: Substring) {
    let sides = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, sides.allSatisfy(BIDSName.isLabel) else { return nil }
    (key, label) = (String(sides[0]), String(sides[1]))
  }
}
