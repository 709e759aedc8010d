/// A linear layer with bias: [..., in] to [..., out].
public struct Linear: Sendable {
  /// [out, in].
  public let weight: Tensor
  /// [out].
  public let bias: Tensor?

  /// Creates `weight` and `bias` at this path with PyTorch's default initialisation.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, bias: Bool = true
  ) throws(TensorError) {
    weight = try path.parameter("weight", [outputs, inputs], .weight(fanIn: inputs))
    self.bias = bias ? try path.parameter("bias", [outputs], .bias(fanIn: inputs)) : nil
  }

  /// The mapped vectors.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor { try x.linear(weight, bias) }
}
