internal import CTorch

extension Tensor {
  /// Whether operators on this tensor are recorded for differentiation.
  public var requiresGrad: Bool { ct_tensor_requires_gradient(handle) }

  /// Makes this tensor a leaf whose gradient `backward` accumulates.
  ///
  /// - Throws: ``TensorError`` for integer types.
  @discardableResult
  public func requiresGrad_(_ required: Bool = true) throws(TensorError) -> Tensor {
    try check(ct_tensor_set_requires_gradient(handle, required), "requiresGrad_", [shape])
    return self
  }

  /// Accumulates the gradients of this scalar in the leaves of its graph, and frees the graph.
  ///
  /// - Throws: `TensorError` if the tensor is not a scalar or has no graph.
  public func backward() throws(TensorError) {
    try check(ct_backward(handle), "backward", [shape])
  }

  /// The gradient accumulated so far, of this tensor's shape; nil before the first.
  public var gradient: Tensor? { ct_tensor_gradient(handle).map(Tensor.init(handle:)) }

  /// Removes the accumulated gradient.
  public func clearGradient() throws(TensorError) {
    try check(ct_tensor_clear_gradient(handle), "clearGradient", [shape])
  }

  /// The gradients of a scalar with respect to the inputs, without accumulation.
  ///
  /// - Parameters:
  ///   - scalar: A tensor of count 1.
  ///   - inputs: Leaves or intermediate results of its graph.
  ///   - createGraph: Whether the gradients can be differentiated again.
  /// - Returns: One tensor of each input's shape; zeros for an input that the scalar does not depend on.
  /// - Throws: ``TensorError`` if the scalar has no graph.
  public static func gradients(
    of scalar: Tensor, withRespectTo inputs: [Tensor], createGraph: Bool = false
  ) throws(TensorError) -> [Tensor] {
    var handles = [OpaquePointer?](repeating: nil, count: inputs.count)
    let status = ct_gradients(
      scalar.handle, inputs.map(\.handle), Int64(inputs.count), createGraph, &handles)
    try check(status, "gradients", [scalar.shape])
    var gradients: [Tensor] = []
    for (input, handle) in zip(inputs, handles) {
      let gradient = if let handle { Tensor(handle: handle) } else { try input.zerosLike() }
      gradients.append(gradient)
    }
    return gradients
  }
}

/// Runs the body without recording operators for differentiation, on this thread.
public func withoutGradients<R, Failure: Error>(
  _ body: () throws(Failure) -> R
) throws(Failure) -> R {
  let wereEnabled = ct_gradients_enabled()
  ct_set_gradients_enabled(false)
  defer { ct_set_gradients_enabled(wereEnabled) }
  return try body()
}

/// Runs the body with automatic mixed precision on this thread: convolutions and matrix products on `device`
/// use bfloat16, and the weights stay float32.
public func mixedPrecision<R, Failure: Error>(
  on device: Device, _ body: () throws(Failure) -> R
) throws(Failure) -> R {
  let type = device.handle.type
  ct_autocast_begin(type)
  defer { ct_autocast_end(type) }
  return try body()
}
