import Base
import StrictSettings
package import Foundation

/// Which FLAIR scans are meant: the `flair` query of a filter file as fMRIPrep reads it.
package struct BIDSFilter: Sendable {
  /// What one entity must be.
  private enum Wanted {
    case anything, nothing
    case oneOf([ConfigurationNode])
  }

  private var wanted: [String: Wanted] = [:]

  /// Every scan.
  package init() {}

  /// Reads a filter file; queries for other kinds of images are left alone.
  package init(contentsOf url: URL) throws {
    guard let data = try? Data(contentsOf: url) else {
      throw Problem(
        .missingInput, "the filter file cannot be read", at: url.path, advice: "check the path and its rights"
      )
    }
    guard case .map(let queries)? = try? JSONDecoder().decode(ConfigurationNode.self, from: data) else {
      throw Problem(
        .badData, "the filter file is no JSON object", at: url.path,
        advice: #"write it as {"flair": {"acquisition": "3d"}}"#)
    }
    for name in queries.keys.sorted() where !Self.queries.contains(name) {
      throw Self.unknown("query", name, known: Self.queries, at: url.path)
    }
    guard let query = queries["flair"] else { return }
    guard case .map(let entities) = query else {
      throw Problem(
        .badData, "'flair' wants a group of keys, not \(query.text)", at: url.path,
        advice: #"write it as {"flair": {"acquisition": "3d"}}"#)
    }
    for (name, value) in entities.sorted(by: { $0.key < $1.key }) {
      guard let key = Self.shortNames[name] ?? Self.shortNames.values.first(where: { $0 == name }) else {
        throw Self.unknown(
          "entity", name, known: Self.shortNames.flatMap { [$0.key, $0.value] }, at: url.path)
      }
      wanted[key] = try Self.wanted(value, of: name, at: url.path)
    }
  }

  /// Whether a scan is meant.
  func accepts(_ name: BIDSName) -> Bool {
    wanted.allSatisfy { key, wanted in
      let label = Self.label(of: key, in: name)
      return switch wanted {
      case .anything: label != nil
      case .nothing: label == nil
      case .oneOf(let values): values.contains { value in label.map { Self.matches($0, value, key) } == true }
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

  private static func wanted(_ value: ConfigurationNode, of name: String, at place: String) throws -> Wanted {
    switch value {
    case .null: return .nothing
    case .string("*"): return .anything
    case .string, .int: return .oneOf([value])
    case .list(let values) where values.allSatisfy(isLabel): return .oneOf(values)
    default:
      throw Problem(
        .badData, "'flair.\(name)' cannot be \(value.text)", at: place,
        advice: "give a label, a number, a list of these, null for scans without it or \"*\" for any")
    }
  }

  private static func isLabel(_ value: ConfigurationNode) -> Bool {
    switch value {
    case .string, .int: true
    default: false
    }
  }

  private static func unknown(_ kind: String, _ name: String, known: [String], at place: String) -> Problem {
    Problem(
      .usage, "there is no \(kind) '\(name)'", at: place,
      advice: nearestName(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? "known: \(known.sorted().joined(separator: ", "))")
  }

  private static let queries = ["flair", "t1w", "t2w", "bold", "sbref", "fmap", "roi", "dwi", "asl", "pet"]

  /// Entities whose labels are numbers, with zeros in front or without.
  private static let indices: Set = ["run", "echo", "flip", "inv", "split"]

  /// Long names of BIDS and PyBIDS, and what stands for them in file names.
  private static let shortNames = [
    "subject": "sub", "session": "ses", "sample": "sample", "task": "task", "tracksys": "tracksys",
    "acquisition": "acq", "nucleus": "nuc", "volume": "voi", "ceagent": "ce", "tracer": "trc",
    "stain": "stain",
    "reconstruction": "rec", "direction": "dir", "run": "run", "modality": "mod", "echo": "echo",
    "flip": "flip", "inversion": "inv", "mtransfer": "mt", "part": "part", "processing": "proc",
    "hemisphere": "hemi", "space": "space", "split": "split", "recording": "recording", "chunk": "chunk",
    "segmentation": "seg", "scale": "scale", "resolution": "res", "density": "den", "label": "label",
    "description": "desc",
    "datatype": "datatype", "suffix": "suffix", "extension": "extension",
  ]
}
