import Tensors

/// Variational autoencoder of Baur et al. 2018: what it cannot reconstruct is anomalous.
///
/// Loss per slice: sum over pixels of |x - x̂| plus `klWeight` times KL(q(z|x) || N(0, I)). Scoring decodes the
/// mean of the code, so that it never draws.
final class VariationalAutoencoder: Method {
  typealias ModelSettings = VariationalAutoencoderSettings

  static let name = "vae"
  static let summary = "variational autoencoder, code dense or spatial (Baur et al. 2018)"

  private let settings: ModelSettings
  private let context: MethodContext
  private let parameters: ParameterStore
  private let network: VariationalNetwork
  private let optimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    self.context = context
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    network = try VariationalNetwork(parameters.path(), settings: settings, imageSize: context.imageSize)
    optimizer = try Adam(
      parameters.namedParameters, learningRate: 1e-3, betas: (settings.beta1, 0.999), weightDecay: 0)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    optimizer.learningRate = context.learningRate
    try optimizer.zeroGradients()
    let code = try network.encode(batch.images, training: true)
    let sample = try code.sample(generator: context.generator)
    let reconstruction = try network.decode(sample, training: true)
    let loss = try losses(batch, reconstruction: reconstruction, code: code)
    try loss.total.backward()
    try optimizer.step()
    return loss.values
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients {
      let code = try network.encode(batch.images, training: false)
      return try losses(batch, reconstruction: network.decode(code.mean, training: false), code: code).values
    }
  }

  func score(_ batch: Batch, draws: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      let code = try network.encode(batch.images, training: false)
      let sample = try draws.map { try code.sample(generator: $0) } ?? code.mean
      return try AnomalyScore(
        batch, reconstruction: network.decode(sample, training: false), residual: context.residual)
    }
  }

  private func losses(
    _ batch: Batch, reconstruction: Tensor, code: GaussianCode
  ) throws -> (total: Tensor, values: Losses) {
    let distance = try Loss.l1(reconstruction, batch.images, reduction: .sum) / Float(batch.count)
    let divergence = try code.divergence()
    let total = try distance + divergence * Float(settings.klWeight)
    let parts = ["reconstruction": Double(try distance.item()), "kl": Double(try divergence.item())]
    return (total, Losses(total: Double(try total.item()), parts: parts))
  }

  var state: [String: Tensor] { get throws { Dictionary(uniqueKeysWithValues: parameters.namedTensors()) } }
  func load(state: [String: Tensor]) throws { try parameters.load(state) }
  var optimizerState: [String: Tensor] { optimizer.state() }
  func load(optimizerState: [String: Tensor]) throws { try optimizer.load(optimizerState) }
}
