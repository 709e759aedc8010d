/// The Adam optimiser, and AdamW where the weight decay is decoupled. One fused kernel updates everything.
public final class Adam {
  /// The step size; free to change between steps.
  public var learningRate: Double
  private let betas: (Double, Double)
  private let epsilon, weightDecay: Double
  private let decoupled: Bool
  private let parameters: [(name: String, tensor: Tensor)]
  private let means, squares, steps: [Tensor]

  /// An optimiser of these parameters, which keep their names in `state`.
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

  /// Moves every parameter that has a gradient.
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

  /// The gradients of all parameters that have one, as they are now.
  public var gradients: [Tensor] { parameters.compactMap(\.tensor.gradient) }

  /// Updates so far.
  public var stepCount: Int {
    get throws(TensorError) { Int(try steps.first?.item() ?? 0) }
  }

  /// Forgets the gradients of all parameters.
  public func zeroGradients() throws(TensorError) {
    for parameter in parameters { try parameter.tensor.clearGradient() }
  }

  /// Scales all gradients together so that their norm is at most this; returns the norm before.
  @discardableResult
  public func clipGradients(norm limit: Double) throws(TensorError) -> Double {
    let gradients = gradients
    if gradients.isEmpty { return 0 }
    let norms = try callAll("_foreach_norm.Scalar", [gradients, 2])
    let norm = try Tensor.stack(norms).norm().item64()
    let scale = limit / (norm + 1e-6)
    if scale < 1 { try callAll("_foreach_mul_.Scalar", [gradients, scale]) }
    return norm
  }

  /// Everything a resumed run needs to go on bit for bit: for each parameter `exp_avg.`, `exp_avg_sq.` and
  /// `step.` followed by its name. The tensors are this optimiser's own, not copies.
  public var state: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: namedState)
  }

  /// Overwrites the state; throws `ParameterError`, before anything is changed, unless names and shapes agree.
  public func load(_ state: [String: Tensor]) throws {
    try overwrite(namedState, with: state)
  }

  private var namedState: [(String, Tensor)] {
    zip(["exp_avg", "exp_avg_sq", "step"], [means, squares, steps]).flatMap { kind, tensors in
      zip(parameters, tensors).map { ("\(kind).\($0.name)", $1) }
    }
  }
}
