import Base
import StrictSettings
import Tensors

/// f-AnoGAN (Schlegl et al. 2019): a Wasserstein generator first, then an encoder that finds the latent of a
/// slice in one pass.
///
/// With generator and critic held fixed, the encoder minimises the mean of (x - G(E(x)))² plus
/// `featureWeight` times the mean of (f(x) - f(G(E(x))))², where f are the critic's features ("izi_f").
final class FastAnoGAN: NetworkMethod {
  struct ModelSettings: Settings {
    /// The generator is this network's decoder, the encoder its encoder; the latents are dense.
    var network = NetworkSettings()
    /// The critic that the generator learns from.
    var critic = CriticSettings()
    /// Fraction of the steps that train the generator; the rest train the encoder.
    var generatorShare = 0.6
    /// Weight of the critic's features in the encoder's loss (1 in the paper).
    var featureWeight = 1.0

    func validate(path: String) throws {
      try network.validateDense(path: join(path, "network"))
      try critic.validate(path: join(path, "critic"))
      try require(
        generatorShare > 0 && generatorShare < 1, path, "generatorShare", generatorShare, "between 0 and 1")
      try require(featureWeight >= 0, path, "featureWeight", featureWeight, "0 or more")
    }
  }

  static let name = "f-anogan"
  static let summary =
    "generative adversarial network with an encoder trained afterwards (Schlegl et al. 2019)"
  static let presets = [
    Preset(
      "f-anogan", shownAs: "f-AnoGAN",
      summary: "generative adversarial network with an encoder (Schlegl et al. 2019)",
      role: .paper, comparisonRow: 10,
      yaml: """
        method: f-anogan
        model: {critic: {channels: [16, 32, 64, 64], steps: 2}}
        training: {epochs: 30, learningRate: 2e-4, finalLearningRate: 2e-4}
        scoring: {normalization: deviation}
        """)
  ]

  private let settings: ModelSettings
  private let context: MethodContext
  private let pair: GenerativePair
  private let parameters: ParameterStore
  private let encoder: SliceEncoder
  private let optimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    (self.settings, self.context) = (settings, context)
    pair = try GenerativePair(network: settings.network, critic: settings.critic, context: context)
    var seeds = SeededGenerator(seed: context.seed, stream: 2)
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: seeds.next()))
    encoder = try SliceEncoder(
      parameters.path(), settings: settings.network, context: context, isDistribution: false)
    optimizer = try Adam(
      parameters.namedParameters, learningRate: 1e-4, betas: (settings.critic.beta1, settings.critic.beta2))
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    guard context.progress >= settings.generatorShare else { return try pair.learn(batch, context) }
    return try pair.frozen {
      try optimizer.minimize(encoderLoss(batch, training: true, generator: context.generator), context)
    }
  }

  /// The encoder's loss; nil while only the generator is trained.
  func validationLosses(_ batch: Batch) throws -> Losses? {
    guard try optimizer.stepCount > 0 else { return nil }
    return try withoutGradients { try encoderLoss(batch, training: false, generator: nil).values() }
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      try AnomalyScore(
        batch, reconstruction: reconstruct(batch, training: false, generator: generator),
        residual: context.residual)
    }
  }

  private func encoderLoss(_ batch: Batch, training: Bool, generator: Generator?) throws -> LossTerms {
    let reconstruction = try reconstruct(batch, training: training, generator: generator)
    var terms = try LossTerms("reconstruction", Loss.mse(reconstruction, batch.images))
    let (expected, actual) = try (
      pair.critic.features(batch.images), pair.critic.features(reconstruction)
    )
    try terms.add("features", Loss.mse(actual, expected), weight: settings.featureWeight)
    return terms
  }

  private func reconstruct(_ batch: Batch, training: Bool, generator: Generator?) throws -> Tensor {
    try pair.generator(encoder(batch.images, training: training), training: false, generator: generator)
  }

  var scoringModules: any StatefulModule { pair.scoringModules.adding("encoder", parameters) }
  var trainingModules: any StatefulModule { pair.trainingModules.adding("encoder", optimizer) }
}
