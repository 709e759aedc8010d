/// An affine map: [..., in] to [..., out].
public struct Linear: Sendable {
  /// [out, in].
  public let weight: Tensor
  /// [out].
  public let bias: Tensor?

  /// Makes `weight` and `bias` at this path with PyTorch's default values.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, bias: Bool = true
  ) throws(TensorError) {
    weight = try path.parameter("weight", [outputs, inputs], .weight(fanIn: inputs))
    self.bias = bias ? try path.parameter("bias", [outputs], .bias(fanIn: inputs)) : nil
  }

  /// The mapped vectors.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor { try x.linear(weight, bias) }
}

/// Zeroes elements at random while training; its draws come from the store's generator.
public struct Dropout: Sendable {
  private let probability: Double
  private let generator: Generator

  /// Zeroes each element with this probability; owns no tensors.
  public init(_ path: ParameterPath, _ probability: Double) {
    precondition((0..<1).contains(probability), "a dropout probability lies in 0..<1")
    self.probability = probability
    generator = path.store.generator
  }

  /// x while not training; else x with elements zeroed and the others scaled to keep the mean.
  public func callAsFunction(_ x: Tensor, training: Bool) throws(TensorError) -> Tensor {
    training && probability > 0 ? try x.dropout(probability, generator: generator) : x
  }
}
