import Base
import StrictSettings
package import Foundation

/// What Norma reads of a `dataset_description.json`; bids-validator checks the rest.
package struct BIDSDescription: Sendable {
  package static let fileName = "dataset_description.json"

  package let doi: String?
  /// Programs that made the data set; empty for a raw one.
  package let generators: [String]

  /// Throws a ``Problem`` where the folder holds no valid description.
  package init(of folder: URL) throws {
    guard folder.isFolder else {
      throw Problem(.missingInput, "there is no such folder", at: folder.path, advice: "check the path")
    }
    let file = folder.appendingPathComponent(Self.fileName)
    guard let data = try? Data(contentsOf: file) else {
      throw Problem(
        .missingInput, "the folder is no BIDS data set: it has no \(Self.fileName)", at: folder.path,
        advice: "give the folder that holds it, or take --skip-bids-validation")
    }
    guard let node = try? JSONDecoder().decode(ConfigurationNode.self, from: data), case .map = node else {
      throw Problem(
        .badData, "\(Self.fileName) is no JSON object", at: file.path,
        advice: "mend it; bids-validator says what is wrong")
    }
    for key in ["Name", "BIDSVersion"] {
      guard case .string(let text)? = node[key], !text.isEmpty else {
        throw Problem(
          .badData, "\(Self.fileName) has no \(key)", at: file.path,
          advice: "add it; bids-validator checks the rest of the data set")
      }
    }
    doi = node["DatasetDOI"]?.string
    generators =
      if case .list(let entries)? = node["GeneratedBy"] { entries.compactMap { $0["Name"]?.string } } else {
        []
      }
  }
}

extension ConfigurationNode {
  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
}
