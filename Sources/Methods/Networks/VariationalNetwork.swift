import StrictSettings
import Tensors

/// Settings of a variational autoencoder and of its training.
struct VariationalSettings: Settings {
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
      gradientDifferenceWeight >= 0, path, "gradientDifferenceWeight", gradientDifferenceWeight, "0 or more")
    try require((0..<1).contains(beta1), path, "beta1", beta1, "0 to less than 1")
  }
}

/// An autoencoder with a Gaussian latent distribution, and its loss.
struct VariationalNetwork {
  let parameters: ParameterStore
  private let encoder: SliceEncoder
  private let decoder: SliceDecoder
  private let klWeight: Double
  private let loss: ReconstructionLoss

  init(settings: VariationalSettings, context: MethodContext) throws {
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    encoder = try SliceEncoder(
      parameters.path(), settings: settings.network, context: context, isDistribution: true)
    decoder = try SliceDecoder(parameters.path(), settings: settings.network, context: context)
    klWeight = settings.klWeight
    loss = ReconstructionLoss(gradientDifferenceWeight: settings.gradientDifferenceWeight)
  }

  /// A training pass through a sample of the latent distribution: the reconstruction and its loss.
  func sampled(_ batch: Batch, _ generator: Generator) throws -> (reconstruction: Tensor, terms: LossTerms) {
    let latent = try encoder.distribution(batch.images, training: true)
    let reconstruction = try decoder(
      latent.sample(generator: generator), training: true, generator: generator)
    return (reconstruction, try terms(batch, reconstruction: reconstruction, latent: latent))
  }

  /// The loss through the latent mean, or through a sample where a generator is given; nothing is learned.
  func scoringTerms(_ batch: Batch, generator: Generator?) throws -> LossTerms {
    let (reconstruction, latent) = try decoded(batch, generator: generator)
    return try terms(batch, reconstruction: reconstruction, latent: latent)
  }

  /// The images decoded from the latent mean, or from a sample where a generator is given.
  func reconstruct(_ batch: Batch, generator: Generator?) throws -> Tensor {
    try decoded(batch, generator: generator).reconstruction
  }

  private func decoded(
    _ batch: Batch, generator: Generator?
  ) throws -> (reconstruction: Tensor, latent: LatentDistribution) {
    let latent = try encoder.distribution(batch.images, training: false)
    let sample = try generator.map { try latent.sample(generator: $0) } ?? latent.mean
    return (try decoder(sample, training: false, generator: generator), latent)
  }

  private func terms(_ batch: Batch, reconstruction: Tensor, latent: LatentDistribution) throws -> LossTerms {
    var terms = try loss(batch, reconstruction: reconstruction)
    try terms.add("kl", latent.divergence(), weight: klWeight)
    return terms
  }
}
