import Tensors

extension Adam {
  /// The training step of every network: one update at the step's learning rate. Returns the losses before
  /// it.
  ///
  /// If several processes share a batch, each computes its shard, and gradients and losses are summed.
  func minimize(_ terms: LossTerms, _ context: StepContext) throws -> Losses {
    learningRate = context.learningRate
    try zeroGradients()
    try (context.shard.map { try terms.total * Float($0.weight) } ?? terms.total).backward()
    try context.shard?.sum(gradients)
    try step()
    let losses = try terms.values()
    return try context.shard?.mean(losses) ?? losses
  }
}

/// Weighted losses that are minimised together, each kept by name for the log.
struct LossTerms {
  /// The weighted sum, which is minimised.
  private(set) var total: Tensor
  private var terms: [(name: String, value: Tensor)]

  init(_ name: String, _ value: Tensor, weight: Double = 1) throws {
    total = weight == 1 ? value : try value * Float(weight)
    terms = [(name, value)]
  }

  /// Adds `weight` times a loss.
  mutating func add(_ name: String, _ value: Tensor, weight: Double = 1) throws {
    total = try total + value * Float(weight)
    terms.append((name, value))
  }

  /// The losses as numbers.
  func values() throws -> Losses {
    var numbers = [String: Double]()
    for (name, value) in terms { numbers[name] = Double(try value.item()) }
    return Losses(total: Double(try total.item()), terms: numbers)
  }
}

/// The distance of reconstructions from their images.
struct ReconstructionLoss {
  /// Weight of the gradient-difference loss; 0 = without.
  let gradientDifferenceWeight: Double

  /// Per slice the sum over pixels of |x - x̂| and, weighted, of the gradient difference (Mathieu et al.
  /// 2016).
  func callAsFunction(_ batch: Batch, reconstruction: Tensor) throws -> LossTerms {
    let slices = Float(batch.count)
    var terms = try LossTerms(
      "reconstruction", Loss.l1(reconstruction, batch.images, reduction: .sum) / slices)
    if gradientDifferenceWeight > 0 {
      let difference = try Loss.gradientDifference(reconstruction, batch.images, reduction: .sum) / slices
      try terms.add("gradient_difference", difference, weight: gradientDifferenceWeight)
    }
    return terms
  }
}
