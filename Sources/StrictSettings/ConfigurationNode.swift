import Base
public import Foundation
import Yams

/// An untyped value of a YAML or JSON file.
public enum ConfigurationNode: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([ConfigurationNode])
  case map([String: ConfigurationNode])

  /// Parses YAML (and so JSON).
  ///
  /// - Throws: ``ConfigurationError/unreadable(where:reason:)``.
  public init(yaml: String, source: String) throws {
    do {
      var remaining = Self.maximumCount
      self = try Yams.compose(yaml: yaml).map { try Self($0, source, &remaining) } ?? .map([:])
    } catch let error as YamlError {
      // The parser quotes the line, however long it is.
      throw ConfigurationError.unreadable(where: source, reason: String("\(error)".prefix(300)))
    }
  }

  /// The limit of values: YAML aliases of aliases can expand to more than fit in memory.
  private static let maximumCount = 10_000

  /// Converts a node of the parser; `remaining` is the number of values that are still allowed.
  private init(_ node: Node, _ source: String, _ remaining: inout Int) throws {
    remaining -= 1
    guard remaining >= 0 else {
      throw ConfigurationError.unreadable(where: source, reason: "more than \(Self.maximumCount) values")
    }
    switch node {
    case .sequence(let parts): self = .list(try parts.map { try Self($0, source, &remaining) })
    case .mapping(let pairs):
      var entries = [String: ConfigurationNode]()
      for (key, value) in pairs {
        guard let name = key.scalar?.string else {
          throw ConfigurationError.unreadable(where: source, reason: "a key is not text")
        }
        entries[name] = try Self(value, source, &remaining)
      }
      self = .map(entries)
    // In YAML 1.1 this is a number in base 60, on which the parser overflows.
    case .scalar(let scalar) where scalar.string.contains(":"): self = .string(scalar.string)
    default: self = try Self(scalar: node.any, source: source)
    }
  }

  /// Reads a YAML or JSON file.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput`, or ``ConfigurationError/unreadable(where:reason:)``.
  public init(contentsOf url: URL) throws {
    guard FileManager.default.isReadableFile(atPath: url.path) else {
      throw Problem(
        .missingInput, "the configuration file cannot be opened", at: url.path,
        advice: "check the path and permissions")
    }
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw ConfigurationError.unreadable(where: url.path, reason: "the file cannot be read as UTF-8 text")
    }
    try self.init(yaml: text, source: url.path)
  }

  /// The node of any Codable value.
  public init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(value))
  }

  private init(scalar: Any, source: String) throws {
    switch scalar {
    case let value as Bool: self = .bool(value)
    case let value as Int: self = .int(value)
    case let value as Double: self = .double(value)
    case let value as String: self = .string(value)
    case is NSNull: self = .null
    default:
      throw ConfigurationError.unreadable(where: source, reason: "a \(type(of: scalar)) value is not allowed")
    }
  }

  /// The name of the node's type in messages.
  package var kind: String {
    switch self {
    case .null: "nothing"
    case .bool: "true or false"
    case .int: "a whole number"
    case .double: "a number"
    case .string: "text"
    case .list: "a list"
    case .map: "a group of keys"
    }
  }

  /// A number or text as quoted in messages; for any other node, its kind.
  package var text: String {
    switch self {
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): "'\(value)'"
    default: kind
    }
  }

  /// The node at a dotted path, or nil if there is none.
  public subscript(path: String) -> ConfigurationNode? {
    path.split(separator: ".").reduce(Optional(self)) { node, key in
      if case .map(let entries)? = node { entries[String(key)] } else { nil }
    }
  }

  /// Returns the maps that hold `value` at a dotted path, as for `--set training.epochs=3`.
  public static func nested(_ value: ConfigurationNode, at path: String) -> ConfigurationNode {
    path.split(separator: ".").reversed().reduce(value) { .map([String($1): $0]) }
  }
}

extension ConfigurationNode: Codable {
  /// Decodes any JSON value.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([ConfigurationNode].self) {
      self = .list(value)
    } else {
      self = .map(try container.decode([String: ConfigurationNode].self))
    }
  }

  /// Encodes the value without its type.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .map(let value): try container.encode(value)
    }
  }
}

extension ConfigurationNode {
  /// Parses a setting `key=value`, such as `training.epochs=20`.
  ///
  /// - Throws: A ``Problem`` of kind `usage`, or ``ConfigurationError/unreadable(where:reason:)``.
  package init(setting: String) throws {
    let path = setting.prefix { $0 != "=" }
    guard path.count < setting.count,
      path.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty })
    else {
      throw Problem(
        .usage, "'\(setting)' is not a setting", at: "--set",
        advice: "write key=value, as in training.epochs=20"
      )
    }
    let value = try ConfigurationNode(
      yaml: "value: \(setting.dropFirst(path.count + 1))", source: "--set \(setting)")
    self = .nested(value["value"] ?? .null, at: String(path))
  }
}
