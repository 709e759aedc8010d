import StrictSettings
import Tensors

/// AnoVAEGAN of Baur et al. 2018: a spatial variational autoencoder whose reconstructions must also pass a
/// critic. To the critic the decoder is the generator.
///
/// Per slice the autoencoder minimises the sum over pixels of |x - x̂|, plus `klWeight` times the KL
/// divergence, plus `adversarialWeight` times the adversarial loss. The critic learns between its updates.
final class AnoVAEGAN: NetworkMethod {
  /// The update in which the adversarial loss moves the autoencoder.
  enum UpdateOrder: String, Codable, Hashable, Sendable, CaseIterable {
    /// One update with all losses, after the critic's.
    case joint
    /// An update of its own, after that of the other losses and before the critic's (Baur et al. 2021). Adam
    /// makes it as large as the other one.
    case separate
  }

  struct ModelSettings: Settings {
    var network = NetworkSettings.spatial
    var critic = CriticSettings()
    /// Weight of the KL divergence against the summed pixel error.
    var klWeight = 1.0
    /// Weight of the adversarial loss against the summed pixel error.
    var adversarialWeight = 1.0
    /// Weight of the gradient-difference loss against the summed pixel error; 0 = without.
    var gradientDifferenceWeight = 0.0
    /// Whether the adversarial loss has an update of its own, or is part of a joint one.
    var updateOrder = UpdateOrder.separate

    func validate(path: String) throws {
      try network.validate(path: join(path, "network"))
      try critic.validate(path: join(path, "critic"))
      try require(klWeight >= 0, path, "klWeight", klWeight, "0 or more")
      try require(adversarialWeight >= 0, path, "adversarialWeight", adversarialWeight, "0 or more")
      try require(
        gradientDifferenceWeight >= 0, path, "gradientDifferenceWeight", gradientDifferenceWeight,
        "0 or more")
    }
  }

  static let name = "anovaegan"
  static let summary = "spatial variational autoencoder trained against a critic (Baur et al. 2018)"
  static let metadata = MethodMetadata(exportsONNX: true)
  static let presets = [
    Preset(
      "anovaegan", shownAs: "AnoVAEGAN", summary: summary, role: .paper, comparisonRow: 8,
      yaml: """
        method: anovaegan
        model: {critic: {channels: [16, 32, 64, 64], steps: 2}}
        training: {epochs: 20, learningRate: 5e-4}
        scoring: {normalization: deviation}
        """)
  ]

  private let settings: ModelSettings
  private let context: MethodContext
  private let network: VariationalNetwork
  private let critic: Critic
  private let optimizer, adversarialOptimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    (self.settings, self.context) = (settings, context)
    let variational = VariationalSettings(
      network: settings.network, klWeight: settings.klWeight,
      gradientDifferenceWeight: settings.gradientDifferenceWeight)
    network = try VariationalNetwork(settings: variational, context: context)
    critic = try Critic(settings: settings.critic, context: context)
    let betas = (settings.critic.beta1, settings.critic.beta2)
    optimizer = try Adam(network.parameters.namedParameters, learningRate: 1e-4, betas: betas)
    adversarialOptimizer = try Adam(network.parameters.namedParameters, learningRate: 1e-4, betas: betas)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    switch settings.updateOrder {
    case .joint:
      let criticLosses = try learnCritic(batch, context)
      let losses = try critic.frozen {
        var (reconstruction, terms) = try network.sampled(batch, context.generator)
        try terms.add(
          "adversarial", critic.generatorLoss(reconstruction), weight: settings.adversarialWeight)
        return try optimizer.minimize(terms, context)
      }
      return losses.with(criticLosses.terms)
    case .separate:
      let losses = try optimizer.minimize(network.sampled(batch, context.generator).terms, context)
      let adversarial = try critic.frozen {
        let reconstruction = try network.sampled(batch, context.generator).reconstruction
        let loss = try LossTerms(
          "adversarial", critic.generatorLoss(reconstruction), weight: settings.adversarialWeight)
        return try adversarialOptimizer.minimize(loss, context)
      }
      return try losses.with(adversarial.terms).with(learnCritic(batch, context).terms)
    }
  }

  /// The critic learns from one reconstruction of the batch, as often as its settings say.
  private func learnCritic(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let reconstruction = try withoutGradients {
      try network.sampled(batch, context.generator).reconstruction
    }
    return try critic.learn(real: batch.images, generated: { reconstruction }, context)
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients { try network.scoringTerms(batch, generator: nil).values() }
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      try AnomalyScore(
        batch, reconstruction: network.reconstruct(batch, generator: generator), residual: context.residual)
    }
  }

  var scoringModules: any StatefulModule { network.parameters }
  // The critic does not score, but a resumed run needs its weights.
  var trainingModules: any StatefulModule {
    [
      "autoencoder": optimizer, "adversarial": adversarialOptimizer, "critic": critic.optimizer,
      "critic_weights": critic.parameters,
    ] as ModuleTree
  }
}
