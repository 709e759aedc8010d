import Tensors

extension Adam {
  /// One update at the step's rate; returns the losses before it.
  func minimize(_ terms: LossTerms, _ context: StepContext) throws -> Losses {
    learningRate = context.learningRate
    try zeroGradients()
    try (context.share.map { try terms.total * Float($0.weight) } ?? terms.total).backward()
    try context.share?.sum(gradients)
    try step()
    let losses = try terms.values()
    return try context.share?.mean(losses) ?? losses
  }
}
