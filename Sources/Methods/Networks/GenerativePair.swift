import Tensors

/// A generator of slices and its critic, trained in turns.
final class GenerativePair {
  let generator: SliceDecoder
  let critic: Critic
  private let parameters: ParameterStore
  private let optimizer: Adam

  init(network: NetworkSettings, critic settings: CriticSettings, context: MethodContext) throws {
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    generator = try SliceDecoder(parameters.path(), settings: network, context: context)
    critic = try Critic(settings: settings, context: context)
    optimizer = try Adam(
      parameters.namedParameters, learningRate: 1e-4, betas: (settings.beta1, settings.beta2))
  }

  /// The critic's updates, then one update of the generator.
  func learn(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let losses = try critic.learn(
      real: batch.images, generated: { try withoutGradients { try self.generated(batch.count, context) } },
      context
    )
    let adversarial = try critic.frozen {
      try optimizer.minimize(
        LossTerms("adversarial", critic.generatorLoss(generated(batch.count, context))), context)
    }
    return adversarial.with(losses.terms)
  }

  private func generated(_ count: Int, _ context: StepContext) throws -> Tensor {
    try generator(generator.sampleLatents(count, context.generator), training: true)
  }

  /// Runs the body with both networks held fixed.
  func frozen<R>(_ body: () throws -> R) throws -> R {
    try parameters.frozen { try critic.frozen(body) }
  }

  var scoringModules: ModuleTree { ["generator": parameters, "critic": critic.parameters] }
  var trainingModules: ModuleTree { ["generator": optimizer, "critic": critic.optimizer] }
}
