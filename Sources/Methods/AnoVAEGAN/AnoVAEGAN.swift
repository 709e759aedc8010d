import StrictSettings
package import Tensors

/// AnoVAEGAN of Baur et al. 2018: a spatial variational autoencoder whose reconstructions must also pass a critic,
/// for which the decoder is the generator.
///
/// Per slice the autoencoder minimises the sum over pixels of |x - x̂|, plus `klWeight` times the KL divergence,
/// plus `adversarialWeight` times the adversarial loss; the critic learns between its updates.
package final class AnoVAEGAN: SharedLearning {
  /// When the adversarial loss moves the autoencoder.
  enum UpdateOrder: String, Codable, Hashable, Sendable, CaseIterable {
    /// In one update together with the other losses, after the critic's.
    case joint
    /// In an update of its own after that of the other losses, before the critic's (Baur et al. 2021). Adam makes
    /// it as large as the other one.
    case separate
  }

  package struct ModelSettings: Settings {
    var network = NetworkSettings.spatial
    var critic = CriticSettings()
    /// Weight of the KL divergence against the summed pixel error.
    var klWeight = 1.0
    /// Weight of the adversarial loss against the summed pixel error.
    var adversarialWeight = 1.0
    /// Weight of the gradient-difference loss against the summed pixel error; 0 = without.
    var gradientDifferenceWeight = 0.0
    var updateOrder = UpdateOrder.separate

    func validate(path: String) throws {
      try network.validate(path: join(path, "network"))
      try critic.validate(path: join(path, "critic"))
      try require(klWeight >= 0, path, "klWeight", klWeight, "0 or more")
      try require(adversarialWeight >= 0, path, "adversarialWeight", adversarialWeight, "0 or more")
      try require(
        gradientDifferenceWeight >= 0, path, "gradientDifferenceWeight", gradientDifferenceWeight, "0 or more"
      )
    }
  }

  package static let name = "anovaegan"
  package static let summary = "spatial variational autoencoder trained against a critic (Baur et al. 2018)"

  private let settings: ModelSettings
  private let context: MethodContext
  private let parameters: ParameterStore
  private let network: VariationalNetwork
  private let critic: Critic
  private let optimizer, adversarialOptimizer: Adam

  package init(settings: ModelSettings, context: MethodContext) throws {
    (self.settings, self.context) = (settings, context)
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    network = try VariationalNetwork(
      parameters.path(), settings: settings.network, context: context, klWeight: settings.klWeight,
      gradientDifferenceWeight: settings.gradientDifferenceWeight)
    critic = try Critic(settings: settings.critic, context: context)
    let betas = (settings.critic.beta1, settings.critic.beta2)
    optimizer = try Adam(parameters.namedParameters, learningRate: 1e-4, betas: betas)
    adversarialOptimizer = try Adam(parameters.namedParameters, learningRate: 1e-4, betas: betas)
  }

  package func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
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

  package func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients { try network.scoringTerms(batch, generator: nil).values() }
  }

  package func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      try AnomalyScore(
        batch, reconstruction: network.reconstruct(batch, generator: generator), residual: context.residual)
    }
  }

  // The critic scores nothing, but a resumed run needs it: it lies with the optimisers.
  package var state: [String: Tensor] {
    get throws { Dictionary(uniqueKeysWithValues: parameters.namedTensors()) }
  }
  package func load(state: [String: Tensor]) throws { try parameters.load(state) }
  package var optimizerState: [String: Tensor] {
    optimizer.state().prefixed("autoencoder")
      .joined(adversarialOptimizer.state().prefixed("adversarial"))
      .joined(critic.optimizerState.prefixed("critic")).joined(critic.state.prefixed("critic_weights"))
  }
  package func load(optimizerState: [String: Tensor]) throws {
    try optimizerState.give(to: [
      ("autoencoder", optimizer.load), ("adversarial", adversarialOptimizer.load),
      ("critic", critic.load(optimizerState:)), ("critic_weights", critic.load(state:)),
    ])
  }
}
