import StrictSettings
import Tensors

/// The search for slices with a smaller loss that are close to the given ones.
struct RestorationSearch: Settings {
  /// Gradient steps per slice.
  var steps = 50
  /// Length of a step: a pixel that only its own error moves changes by this much per step, in units of the
  /// model's input.
  var stepSize = 0.01
  /// Weight of the total variation of the change against the loss; 0 = without. The larger it is, the larger
  /// an area must be to change: a disc whose pixels are moved by their own errors alone needs a radius of
  /// more than 2.5 pixels times it.
  var weight = 2.0

  func validate(path: String) throws {
    try require((1...10_000).contains(steps), path, "steps", steps, "1 to 10000")
    try require(stepSize > 0 && stepSize <= 1, path, "stepSize", stepSize, "more than 0, at most 1")
    try require((0...1000).contains(weight), path, "weight", weight, "0 to 1000")
  }

  /// The slices after gradient descent on `loss`, the sum over slices: (batch, 1, size, size).
  ///
  /// The total variation has no useful gradient: where nothing has changed yet, steps of any size would
  /// overshoot. Its proximal map follows each step instead, and the larger the weight, the less changes.
  func restore(_ batch: Batch, loss: (Batch) throws -> Tensor) throws -> Tensor {
    var smoothed = TotalVariation.ProximalMap(weight: Float(weight * stepSize), region: batch.brain)
    var change = try batch.images.zerosLike()
    for _ in 0..<steps {
      let images = try (batch.images + change).detach().requiresGrad_()
      let gradient = try Tensor.gradients(
        of: loss(Batch(images: images, brain: batch.brain)), withRespectTo: [images])[0]
      change = try withoutGradients { try smoothed.apply(change - gradient * Float(stepSize)) }
    }
    return try batch.images + change
  }
}
