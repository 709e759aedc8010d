public import Tensors

extension [String: Tensor] {
  /// The tensors whose name begins with `prefix`, without it.
  package func dropping(prefix: String) -> [String: Tensor] {
    reduce(into: [:]) { result, entry in
      if entry.key.hasPrefix(prefix) { result[String(entry.key.dropFirst(prefix.count))] = entry.value }
    }
  }

  /// The same tensors, named `prefix.name`.
  package func prefixed(_ prefix: String) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: map { ("\(prefix).\($0.key)", $0.value) })
  }

  /// These tensors and others with other names.
  package func merging(_ other: [String: Tensor]) -> [String: Tensor] { merging(other) { first, _ in first } }

  /// Returns the tensor of that name on the device of `example`.
  ///
  /// - Throws: A ``ParameterError`` if it is missing or its shape is not that of `example`.
  public func tensor(_ name: String, like example: Tensor) throws -> Tensor {
    try tensor(name, shape: example.shape).to(example.device)
  }

  /// Returns the tensor of that name.
  ///
  /// - Throws: A ``ParameterError`` if it is missing or has another shape.
  package func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let tensor = self[name] else { throw ParameterError.missing(path: name, shape: shape) }
    guard tensor.shape == shape else {
      throw ParameterError.shape(path: name, expected: shape, actual: tensor.shape)
    }
    return tensor
  }
}
