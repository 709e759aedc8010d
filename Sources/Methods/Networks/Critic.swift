import Base
import StrictSettings
import Tensors

/// Settings of the network that distinguishes real slices from generated ones, and of its training.
struct CriticSettings: Settings {
  /// The losses of critic and generator.
  var loss = AdversarialLoss.wasserstein
  /// Channels after each stride-2 convolution; the scores are on the grid of the last one.
  var channels = [32, 64, 128, 128]
  /// Side of the convolution kernels in pixels.
  var kernel = 5
  /// Negative slope of the LeakyReLU.
  var slope = 0.3
  /// Updates of the critic per update of the generator.
  var steps = 5
  /// Weight of the gradient penalty of the Wasserstein loss.
  var gradientPenalty = 10.0
  /// Adam's first decay rate, for the critic and for the generator.
  var beta1 = 0.5
  /// Adam's second decay rate, for the critic and for the generator.
  var beta2 = 0.9

  func validate(path: String) throws {
    try network.validate(path: path)
    try require((1...100).contains(steps), path, "steps", steps, "1 to 100")
    try require(gradientPenalty >= 0, path, "gradientPenalty", gradientPenalty, "0 or more")
    try require((0..<1).contains(beta1), path, "beta1", beta1, "0 to less than 1")
    try require((0..<1).contains(beta2), path, "beta2", beta2, "0 to less than 1")
  }

  /// The encoder below the scores. It has no norm, since batch norm makes the slices of a batch depend on
  /// each other.
  var network: NetworkSettings {
    var network = NetworkSettings()
    (network.channels, network.kernel, network.slope, network.norm) = (channels, kernel, slope, .none)
    return network
  }
}

/// A network that scores patches of slices, high where they look real.
final class Critic {
  private let settings: CriticSettings
  private let context: MethodContext
  let parameters: ParameterStore
  private let encoder: FeatureEncoder
  private let output: Conv2d
  let optimizer: Adam

  init(settings: CriticSettings, context: MethodContext) throws {
    (self.settings, self.context) = (settings, context)
    _ = try settings.network.latentSide(imageSize: context.imageSize)
    // With the generator's own seed both networks would start from the same weights.
    var seeds = SeededGenerator(seed: context.seed, stream: 1)
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: seeds.next()))
    encoder = try FeatureEncoder(parameters.path() / "encoder", settings: settings.network)
    output = try Conv2d(parameters.path() / "output", in: encoder.outputChannels, out: 1, kernel: 1)
    optimizer = try Adam(
      parameters.namedParameters, learningRate: 1e-4, betas: (settings.beta1, settings.beta2))
  }

  /// Features of the last convolution, (batch, channels, side, side).
  func features(_ images: Tensor) throws -> Tensor { try encoder(images, training: false) }

  /// Updates the critic `settings.steps` times on real and generated slices, and returns the losses of the
  /// last update. The generated slices must not have a gradient.
  func learn(real: Tensor, generated: () throws -> Tensor, _ step: StepContext) throws -> Losses {
    var losses = Losses(total: 0)
    for _ in 0..<settings.steps {
      losses = try optimizer.minimize(terms(real: real, generated: generated(), step.generator), step)
    }
    return losses
  }

  /// The generator's loss for these slices.
  func generatorLoss(_ generated: Tensor) throws -> Tensor {
    try settings.loss.generator(generated: scores(generated))
  }

  /// Runs the body with the critic held fixed.
  func frozen<R>(_ body: () throws -> R) throws -> R { try parameters.frozen(body) }

  private func terms(real: Tensor, generated: Tensor, _ generator: Generator) throws -> LossTerms {
    let together = try scores(Tensor.cat([real, generated]))
    let count = real.shape[0]
    var terms = try LossTerms(
      "critic",
      settings.loss.critic(
        real: together.narrow(0, start: 0, length: count),
        generated: together.narrow(0, start: count, length: generated.shape[0])))
    if settings.loss == .wasserstein && settings.gradientPenalty > 0 {
      let penalty = try gradientPenalty(real: real, generated: generated, generator)
      try terms.add("gradient_penalty", penalty, weight: settings.gradientPenalty)
    }
    return terms
  }

  private func scores(_ images: Tensor) throws -> Tensor {
    try context.compute(true) { try output(features(images)) }
  }

  /// The mean over slices of (|∇ score(x̃)| - 1)², with the norm over all pixels of a slice and x̃ at random
  /// between a real and a generated slice (Gulrajani et al. 2017). Always in float32, since it is
  /// differentiated twice.
  func gradientPenalty(real: Tensor, generated: Tensor, _ generator: Generator) throws -> Tensor {
    let count = real.shape[0]
    let share = try Tensor.rand([count, 1, 1, 1], generator: generator, device: context.device)
    let between = try (share * real + (1 - share) * generated).detach().requiresGrad_()
    let score = try output(features(between)).mean([1, 2, 3]).sum()
    let gradient = try Tensor.gradients(of: score, withRespectTo: [between], createGraph: true)[0]
    // The small constant keeps the derivative of the root finite where a gradient vanishes.
    let norm = try (gradient.square().sum([1, 2, 3]) + 1e-12).sqrt()
    return try (norm - 1).square().mean()
  }
}
