import Tensors

/// The losses of critic and generator; scores are (batch, 1, height, width), one per patch.
enum AdversarialLoss: String, Codable, Hashable, Sendable, CaseIterable {
  /// Difference of mean scores with a gradient penalty (Gulrajani et al. 2017).
  case wasserstein
  /// Binary cross-entropy of logits; that of the generator is non-saturating (Goodfellow et al. 2014).
  case nonSaturating

  /// The loss of the critic, without the penalty.
  func critic(real: Tensor, generated: Tensor) throws -> Tensor {
    switch self {
    case .wasserstein: try generated.mean() - real.mean()
    case .nonSaturating:
      try Loss.bceWithLogits(real, real.onesLike())
        + Loss.bceWithLogits(generated, generated.zerosLike())
    }
  }

  /// The loss of the generator.
  func generator(generated: Tensor) throws -> Tensor {
    switch self {
    case .wasserstein: try -generated.mean()
    case .nonSaturating: try Loss.bceWithLogits(generated, generated.onesLike())
    }
  }
}
