extension ConfigurationNode {
  /// The values and their dotted paths, in the order of paths; a list is one value.
  package var leaves: [(path: String, value: ConfigurationNode)] {
    guard case .map(let entries) = self else { return [("", self)] }
    return entries.sorted { $0.key < $1.key }.flatMap { key, value in
      value.leaves.map { (path: $0.path.isEmpty ? key : "\(key).\($0.path)", value: $0.value) }
    }
  }

  /// The value as written after `--set key=`.
  package var typed: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .list(let values): "[\(values.map(\.typed).joined(separator: ", "))]"
    case .map: "{\(leaves.map { "\($0.path): \($0.value.typed)" }.joined(separator: ", "))}"
    }
  }
}
