/// The Adam optimiser (doi:10.48550/arXiv.1412.6980), or AdamW with decoupled weight decay
/// (doi:10.48550/arXiv.1711.05101), as one fused kernel.
public final class Adam {
  /// The learning rate; it may change between steps.
  public var learningRate: Double
  private let betas: (Double, Double)
  private let epsilon, weightDecay: Double
  private let decoupled: Bool
  private let parameters: [(name: String, tensor: Tensor)]
  private let means, squares, steps: [Tensor]

  /// Creates an optimiser of these parameters, whose names are those of ``state``.
  public init(
    _ parameters: [(String, Tensor)], learningRate: Double, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = false
  ) throws(TensorError) {
    self.parameters = parameters.map { ($0.0, $0.1) }
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled
    var means: [Tensor] = []
    var squares: [Tensor] = []
    var steps: [Tensor] = []
    for (_, parameter) in parameters {
      means.append(try parameter.detach().zerosLike())
      squares.append(try parameter.detach().zerosLike())
      steps.append(try .zeros([], device: parameter.device))
    }
    self.means = means
    self.squares = squares
    self.steps = steps
  }

  /// Updates every parameter that has a gradient.
  public func step() throws(TensorError) {
    var gradients: [Tensor] = []
    var moved: [Int] = []
    for (index, parameter) in parameters.enumerated() {
      if let gradient = parameter.tensor.gradient {
        gradients.append(gradient)
        moved.append(index)
      }
    }
    if moved.isEmpty { return }
    try withoutGradients { () throws(TensorError) in
      let steps = moved.map { self.steps[$0] }
      try callAll("_foreach_add_.Scalar", [steps, 1])
      try callAll(
        decoupled ? "_fused_adamw_" : "_fused_adam_",
        [
          moved.map { parameters[$0].tensor }, gradients, moved.map { means[$0] },
          moved.map { squares[$0] }, [Tensor](), steps, learningRate, betas.0, betas.1, weightDecay,
          epsilon, false, false,
        ])
    }
  }

  /// The current gradients of the parameters that have one.
  public var gradients: [Tensor] { parameters.compactMap(\.tensor.gradient) }

  /// The number of steps so far.
  public var stepCount: Int {
    get throws(TensorError) { Int(try steps.first?.item() ?? 0) }
  }

  /// Removes the gradients of all parameters.
  public func zeroGradients() throws(TensorError) {
    for parameter in parameters { try parameter.tensor.clearGradient() }
  }

  /// The state for a bit-exact resume: `exp_avg.`, `exp_avg_sq.` and `step.` plus the name of each parameter.
  /// The tensors are not copies.
  public var state: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: namedState)
  }

  /// Copies a state.
  ///
  /// - Throws: `ParameterError`, before any change, if names or shapes differ.
  public func load(_ state: [String: Tensor]) throws {
    try overwrite(namedState, with: state)
  }

  private var namedState: [(String, Tensor)] {
    zip(["exp_avg", "exp_avg_sq", "step"], [means, squares, steps]).flatMap { kind, tensors in
      zip(parameters, tensors).map { ("\(kind).\($0.name)", $1) }
    }
  }
}
