package import Tensors

/// One of several networks or optimisers whose states lie in one: below which prefix, and how it takes its tensors
/// back.
package typealias StatePart = (prefix: String, load: ([String: Tensor]) throws -> Void)

extension [String: Tensor] {
  /// The same tensors, their names below `prefix`.
  package func prefixed(_ prefix: String) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: map { ("\(prefix).\($0.key)", $0.value) })
  }

  /// These tensors and others of other names.
  package func joined(_ other: [String: Tensor]) -> [String: Tensor] { merging(other) { first, _ in first } }

  /// Gives every part its own. Throws `ParameterError` with the whole name of a tensor that is missing, has another
  /// shape or belongs to no part.
  package func give(to parts: [StatePart]) throws {
    if let stray = keys.filter({ name in !parts.contains { name.hasPrefix("\($0.prefix).") } }).min() {
      throw ParameterError.unexpected(path: stray)
    }
    for part in parts {
      do {
        try part.load(dropping(prefix: "\(part.prefix)."))
      } catch let error as ParameterError {
        throw error.below(part.prefix)
      }
    }
  }
}

extension ParameterError {
  /// The same error about the tensor of that name below `prefix`.
  fileprivate func below(_ prefix: String) -> ParameterError {
    switch self {
    case .missing(let path, let shape): .missing(path: "\(prefix).\(path)", shape: shape)
    case .unexpected(let path): .unexpected(path: "\(prefix).\(path)")
    case .shape(let path, let expected, let actual):
      .shape(path: "\(prefix).\(path)", expected: expected, actual: actual)
    }
  }
}
