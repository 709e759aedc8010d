import Tensors

/// Variational autoencoder of Baur et al. 2018: what it cannot reconstruct is anomalous.
///
/// The loss per slice is the sum over pixels of |x - x̂| plus `klWeight` times KL(q(z|x) || N(0, I)). The
/// score decodes the mean of the latent distribution, or a sample of it where a generator is given.
final class VariationalAutoencoder: NetworkMethod {
  typealias ModelSettings = VariationalSettings

  static let name = "vae"
  static let summary = "variational autoencoder, code dense or spatial (Baur et al. 2018)"
  static let metadata = MethodMetadata(exportsONNX: true)
  static let presets = [
    Preset(
      "dense-vae", shownAs: "dense VAE",
      summary: "variational autoencoder with a flattened code (Baur et al. 2018)",
      role: .paper, comparisonRow: 5,
      yaml: """
        method: vae
        model: {network: {code: dense}}
        training: {epochs: 40}
        scoring: {normalization: deviation}
        """),
    Preset(
      "spatial-vae", shownAs: "spatial VAE",
      summary: "variational autoencoder whose code is a small image (Baur et al. 2018)",
      role: .paper, comparisonRow: 7,
      yaml: """
        method: vae
        model: {network: {code: spatial}}
        training: {epochs: 20}
        scoring: {normalization: deviation}
        """),
  ]

  private let residual: Residual
  private let network: VariationalNetwork
  private let optimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    residual = context.residual
    network = try VariationalNetwork(settings: settings, context: context)
    optimizer = try Adam(
      network.parameters.namedParameters, learningRate: 1e-3, betas: (settings.beta1, 0.999))
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try optimizer.minimize(network.sampled(batch, context.generator).terms, context)
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients { try network.scoringTerms(batch, generator: nil).values() }
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      try AnomalyScore(
        batch, reconstruction: network.reconstruct(batch, generator: generator), residual: residual)
    }
  }

  var scoringModules: any StatefulModule { network.parameters }
  var trainingModules: any StatefulModule { optimizer }
}
