import StrictSettings
package import Tensors

/// Variational autoencoder of Baur et al. 2018: what it cannot reconstruct is anomalous.
///
/// Loss per slice: sum over pixels of |x - x̂| plus `klWeight` times KL(q(z|x) || N(0, I)). Scoring decodes the
/// mean of the code unless draws are given.
package final class VariationalAutoencoder: SharedLearning {
  package struct ModelSettings: Settings {
    var network = NetworkSettings()
    /// Weight of the KL divergence against the summed pixel error.
    var klWeight = 1.0
    /// Weight of the gradient-difference loss against the summed pixel error; 0 = without.
    var gradientDifferenceWeight = 0.0
    /// Adam's first decay rate.
    var beta1 = 0.9

    func validate(path: String) throws {
      try network.validate(path: join(path, "network"))
      try require(klWeight >= 0, path, "klWeight", klWeight, "0 or more")
      try require(
        gradientDifferenceWeight >= 0, path, "gradientDifferenceWeight", gradientDifferenceWeight, "0 or more"
      )
      try require((0..<1).contains(beta1), path, "beta1", beta1, "0 to less than 1")
    }
  }

  package static let name = "vae"
  package static let summary = "variational autoencoder, code dense or spatial (Baur et al. 2018)"

  private let context: MethodContext
  private let parameters: ParameterStore
  package let network: VariationalNetwork
  private let optimizer: Adam

  package init(settings: ModelSettings, context: MethodContext) throws {
    self.context = context
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    network = try VariationalNetwork(
      parameters.path(), settings: settings.network, context: context, klWeight: settings.klWeight,
      gradientDifferenceWeight: settings.gradientDifferenceWeight)
    optimizer = try Adam(
      parameters.namedParameters, learningRate: 1e-3, betas: (settings.beta1, 0.999))
  }

  package func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try optimizer.minimize(network.sampled(batch, context.generator).terms, context)
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

  package var state: [String: Tensor] {
    get throws { parameters.state }
  }
  package func load(state: [String: Tensor]) throws { try parameters.load(state) }
  package var optimizerState: [String: Tensor] { optimizer.state() }
  package func load(optimizerState: [String: Tensor]) throws { try optimizer.load(optimizerState) }
}
