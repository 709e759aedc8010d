import StrictSettings
import Tensors

/// AnoGAN (Schlegl et al. 2017), a comparator in Baur et al. 2018: a generator of normal slices. Each slice
/// is compared with the closest one that a search over the generator's latent space finds.
final class AnoGAN: NetworkMethod {
  struct ModelSettings: Settings {
    /// The generator is this network's decoder; its latents are dense, of length `denseSize`.
    var network = NetworkSettings()
    /// The critic that the generator learns from.
    var critic = AnoGAN.defaultCritic
    /// Gradient steps of the search per slice.
    var searchSteps = 500
    /// Adam's learning rate in the search.
    var searchRate = 0.05
    /// Weight of the critic's features in the search's loss; the pixels have the rest (0.1 in the paper).
    var featureWeight = 0.1

    func validate(path: String) throws {
      try network.validateDense(path: join(path, "network"))
      try critic.validate(path: join(path, "critic"))
      try require((1...100_000).contains(searchSteps), path, "searchSteps", searchSteps, "1 to 100000")
      try require(searchRate > 0 && searchRate <= 1, path, "searchRate", searchRate, "more than 0, at most 1")
      try require((0...1).contains(featureWeight), path, "featureWeight", featureWeight, "0 to 1")
    }
  }

  static let name = "anogan"
  static let summary =
    "generative adversarial network with a search over codes (Schlegl et al. 2017); slow"
  static let metadata = MethodMetadata(isSlowSearch: true)
  static let presets = [
    Preset(
      "anogan", shownAs: "AnoGAN",
      summary: "generative adversarial network with a search over codes (Schlegl et al. 2017)",
      role: .paper, comparisonRow: 9,
      yaml: """
        method: anogan
        training: {epochs: 30, learningRate: 2e-4, finalLearningRate: 2e-4}
        scoring: {normalization: deviation}
        """)
  ]

  private static var defaultCritic: CriticSettings {
    var critic = CriticSettings()
    (critic.loss, critic.steps, critic.beta2) = (.nonSaturating, 1, 0.999)
    return critic
  }

  private let settings: ModelSettings
  private let context: MethodContext
  private let pair: GenerativePair

  init(settings: ModelSettings, context: MethodContext) throws {
    (self.settings, self.context) = (settings, context)
    pair = try GenerativePair(network: settings.network, critic: settings.critic, context: context)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try pair.learn(batch, context)
  }

  /// The losses of a generator do not say how good it is.
  func validationLosses(_ batch: Batch) throws -> Losses? { nil }

  /// The search starts at the mean of the latent space, or at a sample of it where a generator is given.
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    let start =
      try generator.map { try pair.generator.sampleLatents(batch.count, $0) }
      ?? .zeros([batch.count] + pair.generator.latentShape, device: context.device)
    let reconstruction = try pair.frozen { try pair.generator(search(batch, from: start), training: false) }
    return try AnomalyScore(batch, reconstruction: reconstruction.detach(), residual: context.residual)
  }

  /// The latents that minimise (1 - w) · Σ|x - G(z)| + w · Σ|f(x) - f(G(z))|, slice by slice.
  private func search(_ batch: Batch, from start: Tensor) throws -> Tensor {
    let latent = try start.requiresGrad_()
    let optimizer = try Adam([("latent", latent)], learningRate: settings.searchRate)
    let weight = Float(settings.featureWeight)
    let features = try pair.critic.features(batch.images)
    for _ in 0..<settings.searchSteps {
      let image = try pair.generator(latent, training: false)
      var loss = try Loss.l1(image, batch.images, reduction: .sum) * (1 - weight)
      if weight > 0 {
        loss = try loss + Loss.l1(pair.critic.features(image), features, reduction: .sum) * weight
      }
      try optimizer.zeroGradients()
      try loss.backward()
      try optimizer.step()
    }
    return try latent.detach()
  }

  var scoringModules: any StatefulModule { pair.scoringModules }
  var trainingModules: any StatefulModule { pair.trainingModules }
}
