import Base
import StrictSettings
package import Foundation

/// A selection of FLAIR and T1w scans: the queries `flair` and `t1w` of a BIDS filter file in the format of fMRIPrep.
package struct BIDSFilter: Sendable {
  /// The condition on one entity.
  private enum Condition {
    case present, absent
    case oneOf([ConfigurationNode])
  }

  /// The conditions on entities, by query.
  private var conditions: [String: [String: Condition]] = [:]

  /// Creates a filter that accepts every scan.
  package init() {}

  /// Reads a filter file. Queries for other kinds of images are ignored.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` or `badData`.
  package init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url) else {
      throw Problem(
        .missingInput, "the filter file cannot be read", at: url.path,
        advice: "check the path and permissions")
    }
    guard case .map(let queries)? = try? JSONDecoder().decode(ConfigurationNode.self, from: data) else {
      throw Problem(
        .badData, "the filter file is not a JSON object", at: url.path,
        advice: #"write it as {"flair": {"acquisition": "3d"}}"#)
    }
    for name in queries.keys.sorted() where !Self.queries.contains(name) {
      throw Self.unknown("query", name, known: Self.queries, at: url.path)
    }
    for name in ["flair", "t1w"] {
      conditions[name] = try queries[name].map { try Self.conditions($0, of: name, at: url.path) }
    }
  }

  private static func conditions(_ query: ConfigurationNode, of queryName: String, at file: String) throws
    -> [String: Condition]
  {
    guard case .map(let entities) = query else {
      throw Problem(
        .badData, "'\(queryName)' must be a group of keys, not \(query.text)", at: file,
        advice: #"write it as {"flair": {"acquisition": "3d"}}"#)
    }
    var conditions = [String: Condition]()
    for (name, value) in entities.sorted(by: { $0.key < $1.key }) {
      guard let key = shortNames[name] ?? shortNames.values.first(where: { $0 == name }) else {
        throw unknown("entity", name, known: shortNames.flatMap { [$0.key, $0.value] }, at: file)
      }
      conditions[key] = try condition(value, of: "\(queryName).\(name)", at: file)
    }
    return conditions
  }

  /// Returns true if the filter accepts a scan.
  func accepts(_ name: BIDSName) -> Bool {
    (conditions[name.suffix.lowercased()] ?? [:]).allSatisfy { key, condition in
      let label = Self.label(of: key, in: name)
      return switch condition {
      case .present: label != nil
      case .absent: label == nil
      case .oneOf(let values):
        values.contains { value in label.map { Self.matches($0, value, key) } ?? (value == .null) }
      }
    }
  }

  private static func label(of key: String, in name: BIDSName) -> String? {
    switch key {
    case "datatype": "anat"
    case "suffix": name.suffix
    case "extension": name.fileExtension
    default: name[key]
    }
  }

  private static func matches(_ label: String, _ value: ConfigurationNode, _ key: String) -> Bool {
    switch value {
    case .int(let number): indices.contains(key) ? Int(label) == number : label == "\(number)"
    case .string(let text):
      label == text || indices.contains(key) && Int(label) != nil && Int(label) == Int(text)
    default: false
    }
  }

  private static func condition(_ value: ConfigurationNode, of name: String, at file: String) throws
    -> Condition
  {
    switch value {
    case .null: return .absent
    case .string("*"): return .present
    case _ where isLabel(value): return .oneOf([value])
    case .list(let values) where values.allSatisfy { $0 == .null || isLabel($0) }: return .oneOf(values)
    default:
      throw Problem(
        .badData, "'\(name)' cannot be \(value.text)", at: file,
        advice:
          "give a label, a number, null or a list of these, null for scans without it, or \"*\" for any label"
      )
    }
  }

  private static func isLabel(_ value: ConfigurationNode) -> Bool {
    if case .int = value { true } else { value.string != nil }
  }

  private static func unknown(_ kind: String, _ name: String, known: [String], at file: String) -> Problem {
    Problem(
      .usage, "unknown \(kind) '\(name)'", at: file,
      advice: nearestName(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? "known: \(known.sorted().joined(separator: ", "))")
  }

  private static let queries = ["flair", "t1w", "t2w", "bold", "sbref", "fmap", "roi", "dwi", "asl", "pet"]

  /// The entities whose labels are numbers, with or without leading zeros.
  private static let indices: Set = ["run", "echo", "flip", "inv", "split"]

  /// The short keys in file names by the long names of BIDS and PyBIDS.
  private static let shortNames = [
    "subject": "sub", "session": "ses", "sample": "sample", "task": "task", "tracksys": "tracksys",
    "acquisition": "acq", "nucleus": "nuc", "volume": "voi", "ceagent": "ce", "tracer": "trc",
    "stain": "stain", "reconstruction": "rec", "direction": "dir", "run": "run", "modality": "mod",
    "echo": "echo",
    "flip": "flip", "inversion": "inv", "mtransfer": "mt", "part": "part", "processing": "proc",
    "hemisphere": "hemi", "space": "space", "split": "split", "recording": "recording", "chunk": "chunk",
    "segmentation": "seg", "scale": "scale", "resolution": "res", "density": "den", "label": "label",
    "description": "desc",
    "datatype": "datatype", "suffix": "suffix", "extension": "extension",
  ]
}
