import StrictSettings
import Tensors

/// AnoGAN (Schlegl et al. 2017), the comparator of Baur et al. 2018: a generator of normal slices; each slice is
/// compared with the closest one that a search over the generator's codes finds.
final class AnoGAN: NetworkMethod {
  struct ModelSettings: Settings {
    /// The generator is this network's decoder; its codes are dense, of length `denseSize`.
    var network = NetworkSettings()
    var critic = AnoGAN.defaultCritic
    /// Gradient steps of the search for each slice.
    var searchSteps = 500
    /// Adam's rate in the search.
    var searchRate = 0.05
    /// Share of the critic's features in the search's loss, the pixels having the rest (0.1 in the paper).
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

  /// No loss of a lone generator says how good it is.
  func validationLosses(_ batch: Batch) throws -> Losses? { nil }

  /// The search starts at the mean of the codes, or with `draws` at a drawn one.
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    let start =
      try generator.map { try pair.generator.sampleLatents(batch.count, $0) }
      ?? .zeros([batch.count] + pair.generator.latentShape, device: context.device)
    let reconstruction = try pair.frozen { try pair.generator(search(batch, from: start), training: false) }
    return try AnomalyScore(batch, reconstruction: reconstruction.detach(), residual: context.residual)
  }

  /// The codes that minimise (1 - w) · Σ|x - G(z)| + w · Σ|f(x) - f(G(z))|, slice by slice.
  private func search(_ batch: Batch, from start: Tensor) throws -> Tensor {
    let code = try start.requiresGrad_()
    let optimizer = try Adam([("code", code)], learningRate: settings.searchRate)
    let weight = Float(settings.featureWeight)
    let features = try pair.critic.features(batch.images)
    for _ in 0..<settings.searchSteps {
      let image = try pair.generator(code, training: false)
      var loss = try Loss.l1(image, batch.images, reduction: .sum) * (1 - weight)
      if weight > 0 {
        loss = try loss + Loss.l1(pair.critic.features(image), features, reduction: .sum) * weight
      }
      try optimizer.zeroGradients()
      try loss.backward()
      try optimizer.step()
    }
    return try code.detach()
  }

  var scoringModules: any StatefulModule { pair.scoringModules }
  var trainingModules: any StatefulModule { pair.trainingModules }
}
