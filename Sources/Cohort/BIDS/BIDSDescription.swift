import Base
import StrictSettings
import Volumes
package import Foundation

/// The keys of a `dataset_description.json` that Norma uses; bids-validator checks the rest.
package struct BIDSDescription: Sendable {
  package static let fileName = "dataset_description.json"

  package let doi: String?
  /// The programs that generated the data set; empty for raw data.
  package let generators: [String]

  /// Reads the description of a data set.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if there is none, `badData` if it is not valid.
  package init(of folder: URL) throws {
    guard folder.isFolder else {
      throw Problem(.missingInput, "there is no such folder", at: folder.path, advice: "check the path")
    }
    let file = folder.appendingPathComponent(Self.fileName)
    try VolumeReader.requireContent(of: file)
    guard let data = try? Data(contentsOf: file) else {
      throw Problem(
        .missingInput, "the folder is not a BIDS data set: it has no \(Self.fileName)", at: folder.path,
        advice: "give the folder that contains it, or use --skip-bids-validation")
    }
    guard let node = try? JSONDecoder().decode(ConfigurationNode.self, from: data), case .map = node else {
      throw Problem(
        .badData, "\(Self.fileName) is not a JSON object", at: file.path,
        advice: "correct it; bids-validator reports the error")
    }
    for key in ["Name", "BIDSVersion"] {
      switch node[key] {
      case .string(let text)? where !text.isEmpty: continue
      // Common, though BIDS asks for text.
      case .int? where key == "BIDSVersion", .double? where key == "BIDSVersion": continue
      default:
        throw Problem(
          .badData, "\(Self.fileName) has no \(key)", at: file.path,
          advice: "add it; bids-validator checks the rest of the data set")
      }
    }
    doi = node["DatasetDOI"]?.string
    let entries = if case .list(let entries)? = node["GeneratedBy"] { entries } else { [ConfigurationNode]() }
    generators = entries.compactMap { $0["Name"]?.string }
  }
}

extension ConfigurationNode {
  var string: String? { if case .string(let text) = self { text } else { nil } }
}
