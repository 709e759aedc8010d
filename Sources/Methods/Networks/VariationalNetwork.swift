import Tensors

/// A network with a Gaussian code and its loss, as the variational autoencoder and the AnoVAEGAN share it.
package struct VariationalNetwork {
  private let encoder: SliceEncoder
  private let decoder: SliceDecoder
  private let klWeight: Double
  private let loss: ReconstructionLoss

  init(
    _ path: ParameterPath, settings: NetworkSettings, context: MethodContext, klWeight: Double,
    gradientDifferenceWeight: Double
  ) throws {
    encoder = try SliceEncoder(path, settings: settings, context: context, isDistribution: true)
    decoder = try SliceDecoder(path, settings: settings, context: context)
    self.klWeight = klWeight
    loss = ReconstructionLoss(gradientDifferenceWeight: gradientDifferenceWeight)
  }

  /// A training pass through a drawn code: the reconstruction and its loss.
  func sampled(_ batch: Batch, _ generator: Generator) throws -> (reconstruction: Tensor, terms: LossTerms) {
    let code = try encoder.distribution(batch.images, training: true)
    let reconstruction = try decoder(
      code.sample(generator: generator), training: true, generator: generator)
    return (reconstruction, try terms(batch, reconstruction: reconstruction, code: code))
  }

  /// The loss through the mean of the code, or with `draws` a drawn one, without learning.
  func scoringTerms(_ batch: Batch, generator: Generator?) throws -> LossTerms {
    let (reconstruction, code) = try decoded(batch, generator: generator)
    return try terms(batch, reconstruction: reconstruction, code: code)
  }

  /// The images that the mean of the code, or with `draws` a drawn one, decodes to.
  func reconstruct(_ batch: Batch, generator: Generator?) throws -> Tensor {
    try decoded(batch, generator: generator).reconstruction
  }

  private func decoded(
    _ batch: Batch, generator: Generator?
  ) throws -> (reconstruction: Tensor, code: LatentDistribution) {
    let code = try encoder.distribution(batch.images, training: false)
    let sample = try generator.map { try code.sample(generator: $0) } ?? code.mean
    return (try decoder(sample, training: false, generator: generator), code)
  }

  private func terms(_ batch: Batch, reconstruction: Tensor, code: LatentDistribution) throws -> LossTerms {
    var terms = try loss(batch, reconstruction: reconstruction)
    try terms.add("kl", code.divergence(), weight: klWeight)
    return terms
  }
}
