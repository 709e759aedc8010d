extension Tensor {
  /// max(x, 0).
  public func relu() throws(TensorError) -> Tensor { try call("relu", self) }
  /// x where positive, slope * x elsewhere.
  public func leakyReLU(_ slope: Float = 0.01) throws(TensorError) -> Tensor {
    try call("leaky_relu", self, slope)
  }
  /// 1 / (1 + exp(-x)).
  public func sigmoid() throws(TensorError) -> Tensor { try call("sigmoid", self) }
  /// The hyperbolic tangent.
  public func tanh() throws(TensorError) -> Tensor { try call("tanh", self) }
  /// x * Φ(x) with the normal distribution function Φ, or its tanh approximation.
  public func gelu(approximate: Bool = false) throws(TensorError) -> Tensor {
    try call("gelu", self, approximate ? "tanh" : "none")
  }
  /// x * sigmoid(x).
  public func silu() throws(TensorError) -> Tensor { try call("silu", self) }
}

/// An activation function that a configuration can name.
public enum Activation: String, Codable, Sendable, CaseIterable {
  case relu, leakyReLU, silu, gelu, tanh, sigmoid, identity

  /// Applies the function to every element; `slope` is that of leakyReLU.
  public func callAsFunction(_ x: Tensor, slope: Float = 0.3) throws(TensorError) -> Tensor {
    switch self {
    case .relu: try x.relu()
    case .leakyReLU: try x.leakyReLU(slope)
    case .silu: try x.silu()
    case .gelu: try x.gelu()
    case .tanh: try x.tanh()
    case .sigmoid: try x.sigmoid()
    case .identity: x
    }
  }
}
