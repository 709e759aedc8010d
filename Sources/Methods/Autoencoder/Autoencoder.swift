import StrictSettings
import Tensors

/// Autoencoder of Baur et al. 2018: what it cannot reconstruct is anomalous.
///
/// The loss per slice is the sum over pixels of |x - x̂|, plus `gradientDifferenceWeight` times the
/// gradient-difference loss.
final class Autoencoder: NetworkMethod {
  struct ModelSettings: Settings {
    var network = NetworkSettings()
    /// Weight of the gradient-difference loss against the summed pixel error; 0 = without.
    var gradientDifferenceWeight = 0.0
    /// Adam's first decay rate.
    var beta1 = 0.9

    func validate(path: String) throws {
      try network.validate(path: join(path, "network"))
      try require(
        gradientDifferenceWeight >= 0, path, "gradientDifferenceWeight", gradientDifferenceWeight,
        "0 or more")
      try require((0..<1).contains(beta1), path, "beta1", beta1, "0 to less than 1")
    }
  }

  static let name = "autoencoder"
  static let summary = "autoencoder, code dense or spatial (Baur et al. 2018)"
  static let metadata = MethodMetadata(exportsONNX: true)
  static let presets = [
    Preset(
      "dense-ae", shownAs: "dense AE", summary: "autoencoder with a flattened code (Baur et al. 2018)",
      role: .paper, comparisonRow: 4,
      yaml: """
        method: autoencoder
        model: {network: {code: dense}}
        training: {epochs: 40}
        scoring: {normalization: deviation}
        """),
    Preset(
      "spatial-ae", shownAs: "spatial AE",
      summary: "autoencoder whose code is a small image (Baur et al. 2018)",
      role: .paper, comparisonRow: 6,
      yaml: """
        method: autoencoder
        model: {network: {code: spatial}}
        training: {epochs: 20}
        scoring: {normalization: deviation}
        """),
  ]

  private let context: MethodContext
  private let parameters: ParameterStore
  private let encoder: SliceEncoder
  private let decoder: SliceDecoder
  private let loss: ReconstructionLoss
  private let optimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    self.context = context
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    encoder = try SliceEncoder(
      parameters.path(), settings: settings.network, context: context, isDistribution: false)
    decoder = try SliceDecoder(parameters.path(), settings: settings.network, context: context)
    loss = ReconstructionLoss(gradientDifferenceWeight: settings.gradientDifferenceWeight)
    optimizer = try Adam(
      parameters.namedParameters, learningRate: 1e-3, betas: (settings.beta1, 0.999))
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let reconstruction = try reconstruct(batch, training: true, generator: context.generator)
    return try optimizer.minimize(loss(batch, reconstruction: reconstruction), context)
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients {
      try loss(batch, reconstruction: reconstruct(batch, training: false, generator: nil)).values()
    }
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      try AnomalyScore(
        batch, reconstruction: reconstruct(batch, training: false, generator: generator),
        residual: context.residual)
    }
  }

  private func reconstruct(_ batch: Batch, training: Bool, generator: Generator?) throws -> Tensor {
    try decoder(encoder(batch.images, training: training), training: training, generator: generator)
  }

  var scoringModules: any StatefulModule { parameters }
  var trainingModules: any StatefulModule { optimizer }
}
