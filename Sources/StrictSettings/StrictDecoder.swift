import Base
import Foundation

/// A group of settings with defaults and limits.
public protocol Settings: Codable, Hashable, Sendable {
  /// Creates the defaults, which also define the known keys and their types.
  init()
  /// Refuses values out of range.
  ///
  /// - Parameter path: The path of these settings in the configuration, such as `training`.
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)`` for the first.
  func validate(path: String) throws
}

extension Settings {
  /// The default implementation: no limits beyond the types.
  public func validate(path: String) throws {}

  /// Decodes `node` over the defaults.
  ///
  /// - Throws: A ``ConfigurationError`` for unknown keys, wrong types and values out of range.
  public init(strict node: ConfigurationNode, path: String = "") throws {
    try self.init(strict: node, over: Self(), path: path)
  }

  /// Decodes `node` over `base`.
  ///
  /// - Throws: A ``ConfigurationError`` for unknown keys, wrong types and values out of range.
  public init(strict node: ConfigurationNode, over base: Self, path: String = "") throws {
    try requireFinite(node, path: path)
    let known = try ConfigurationNode(encoding: base)
    let shape = try ConfigurationNode(encoding: Self())
    do {
      self = try Self(decoding: merge(node, over: known, shape: shape, path: path))
    } catch is DecodingError {
      throw Self.wrongValue(in: node, over: known, shape: shape, path: path)
    }
    try validate(path: path)
  }

  private init(decoding node: ConfigurationNode) throws {
    self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(node))
  }

  /// Returns an error that names the key whose value cannot be decoded; the decoder's own error need not.
  private static func wrongValue(
    in node: ConfigurationNode, over known: ConfigurationNode, shape: ConfigurationNode, path: String
  ) -> ConfigurationError {
    guard case .map = node else {
      return .wrongType(path: path, expected: known.kind, actual: node.kind)
    }
    let wrong = node.leaves.first { key, value in
      (try? Self(decoding: merge(.nested(value, at: key), over: known, shape: shape, path: path))) == nil
    }
    let (key, value) = wrong ?? ("", node)
    let fallback = key.split(separator: ".").reduce(known) { $0[String($1)] ?? .null }
    let isCount = if case .int = fallback, case .double = value { true } else { false }
    return .wrongType(
      path: join(path, key), expected: isCount ? "a whole number" : "one of the values in the reference",
      actual: value.text)
  }
}

/// Throws for NaN and infinity, which YAML can express and JSON cannot.
private func requireFinite(_ node: ConfigurationNode, path: String) throws {
  switch node {
  case .double(let value) where !value.isFinite:
    throw ConfigurationError.wrongType(path: path, expected: "a finite number", actual: "\(value)")
  case .list(let elements):
    for (index, element) in elements.enumerated() { try requireFinite(element, path: "\(path)[\(index)]") }
  case .map(let entries):
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      try requireFinite(value, path: join(path, key))
    }
  default: break
  }
}

/// Returns the dotted path of a key.
package func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

/// Checks a condition on the value of a key.
///
/// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)`` unless `condition` holds.
package func require(_ condition: Bool, _ path: String, _ key: String, _ value: Any, _ allowed: String) throws
{
  guard condition else {
    throw ConfigurationError.outOfRange(path: join(path, key), value: "\(value)", allowed: allowed)
  }
}

/// Merges `node` over `base`. The defaults, `shape`, define what is allowed: a group that is empty there
/// takes any keys, and all elements of a list have the keys of its first.
private func merge(
  _ node: ConfigurationNode, over base: ConfigurationNode, shape: ConfigurationNode, path: String
) throws -> ConfigurationNode {
  switch (node, base) {
  case (.map(let new), .map(let known)):
    var result = known
    for (key, value) in new.sorted(by: { $0.key < $1.key }) {
      guard let old = known[key] else {
        throw ConfigurationError.unknownKey(
          path: join(path, key), nearest: nearestName(to: key, in: known.keys).map { join(path, $0) })
      }
      let allowed = shape[key] ?? old
      let isFree = if case .map = value { allowed == .map([:]) } else { false }
      result[key] = isFree ? value : try merge(value, over: old, shape: allowed, path: join(path, key))
    }
    return .map(result)
  case (.null, .map): return base
  case (.bool, .bool), (.int, .int), (.double, .double), (.string, .string): return node
  case (.int(let value), .double): return .double(Double(value))
  // JSON writes a default of 5.0 as 5; the decoder checks whether the key takes fractions.
  case (.double, .int): return node
  case (.list(let new), .list):
    guard case .list(let examples) = shape, let example = examples.first else { return node }
    return .list(
      try new.enumerated().map { try merge($1, over: example, shape: example, path: "\(path)[\($0)]") })
  default:
    throw ConfigurationError.wrongType(path: path, expected: base.kind, actual: node.kind)
  }
}
