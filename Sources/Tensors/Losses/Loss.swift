/// Losses between an output and a target of the same shape; shapes that do not broadcast throw.
public enum Loss {
  /// The reduction of the elementwise losses to a scalar.
  public enum Reduction: String, Codable, Sendable {
    case mean, sum

    fileprivate func callAsFunction(_ losses: Tensor) throws(TensorError) -> Tensor {
      self == .mean ? try losses.mean() : try losses.sum()
    }
  }

  /// The absolute difference.
  public static func l1(
    _ output: Tensor, _ target: Tensor, reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try reduction((output - target).abs())
  }

  /// The squared difference.
  public static func mse(
    _ output: Tensor, _ target: Tensor, reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    try reduction((output - target).square())
  }

  /// The Kullback-Leibler divergence of a diagonal normal distribution [batch, ...] from the standard normal,
  /// summed over the latent dimensions and averaged over the batch (Kingma and Welling 2014,
  /// doi:10.48550/arXiv.1312.6114).
  public static func gaussianKL(mean: Tensor, logVariance: Tensor) throws(TensorError) -> Tensor {
    let terms = try mean.square() + logVariance.exp() - logVariance - 1
    return try terms.flatten().sum([1]).mean() * 0.5
  }

  /// The binary cross-entropy of logits and targets.
  ///
  /// - Parameters:
  ///   - logits: The logits, of any shape.
  ///   - target: The targets in 0...1, of the same shape.
  ///   - weights: One weight per element.
  ///   - positiveWeight: The weight of the positive class.
  ///   - reduction: The mean over all elements, whatever their weights, or the sum.
  /// - Returns: A scalar.
  /// - Throws: ``TensorError`` if the shapes differ.
  public static func bceWithLogits(
    _ logits: Tensor, _ target: Tensor, weights: Tensor? = nil, positiveWeight: Float = 1,
    reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    let positive = try Tensor.full([], positiveWeight, dtype: logits.dtype, device: logits.device)
    let code = reduction == .mean ? 1 : 2
    return try call("binary_cross_entropy_with_logits", logits, target, weights, positive, code)
  }

  /// One minus the soft Dice coefficient (2 Σpt + s) / (Σp + Σt + s), averaged over batch and channels. The
  /// smoothing s keeps it defined if probabilities p and targets t [batch, channels, ...] are empty.
  public static func softDice(
    _ probabilities: Tensor, _ target: Tensor, smoothing: Float = 1
  ) throws(TensorError) -> Tensor {
    let output = try probabilities.flatten(from: 2)
    let truth = try target.flatten(from: 2)
    let overlap = try (output * truth).sum([2]) * 2 + smoothing
    let total = try output.sum([2]) + truth.sum([2]) + smoothing
    return try 1 - (overlap / total).mean()
  }

  /// The absolute difference between the gradient magnitudes of two images along height and width, which
  /// keeps reconstructions sharp (Mathieu et al. 2016, doi:10.48550/arXiv.1511.05440).
  public static func gradientDifference(
    _ output: Tensor, _ target: Tensor, reduction: Reduction = .mean
  ) throws(TensorError) -> Tensor {
    func along(_ dim: Int) throws(TensorError) -> Tensor {
      try l1(output.differences(dim).abs(), target.differences(dim).abs(), reduction: reduction)
    }
    return try along(2) + along(3)
  }
}
