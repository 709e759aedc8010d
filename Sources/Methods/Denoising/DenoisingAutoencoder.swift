import StrictSettings
import Tensors

/// Denoising autoencoder with coarse noise (Kascenas et al. 2022): a U-Net learns to remove noise from
/// lesion-free slices, and removes what resembles it from others (Decisions/0015-classic-comparators.md).
///
/// The loss is the mean over the brain of (x - x̂)². Nothing is added to a slice that is scored.
final class DenoisingAutoencoder: NetworkMethod {
  struct ModelSettings: Settings {
    /// The U-Net.
    var network = DenoisingAutoencoder.defaultNetwork
    /// Nodes of the noise across the image, bilinear between; on 128 pixels 16 nodes make blobs of about 12
    /// mm.
    var coarseness = 16
    /// Standard deviation of the noise at its nodes, in units of the model's input; 0.1 is one robust
    /// z-score.
    var strength = 0.2
    /// The direction in which the noise changes the intensity.
    var sign = CoarseNoise.Sign.both
    /// Whether regions that changed much are hidden and reconstructed again from the rest.
    var secondPass = false
    /// Least smoothed change that is hidden, in units of the model's input.
    var secondPassThreshold = 0.1

    func validate(path: String) throws {
      try network.validate(path: join(path, "network"))
      try require((1...1024).contains(coarseness), path, "coarseness", coarseness, "1 to 1024")
      try require(strength > 0 && strength <= 10, path, "strength", strength, "more than 0, at most 10")
      try require(
        secondPassThreshold > 0, path, "secondPassThreshold", secondPassThreshold, "more than 0")
    }

    fileprivate func requireFit(imageSize: Int) throws {
      try network.requireFit(imageSize: imageSize)
      try require(
        coarseness <= imageSize, "model", "coarseness", coarseness, "at most the grid's \(imageSize) pixels")
    }
  }

  static let name = "denoising"
  static let summary = "U-Net that removes coarse noise from lesion-free slices (Kascenas et al. 2022)"
  static let presets = [
    Preset(
      "denoising", summary: summary, role: .comparator,
      yaml: """
        method: denoising
        training: {epochs: 60, batchSize: 16}
        """)
  ]

  private static var defaultNetwork: UNetSettings {
    var network = UNetSettings()
    network.weightStandardization = true
    return network
  }

  private let context: MethodContext
  private let parameters: ParameterStore
  private let network: UNet
  private let noise: CoarseNoise
  private let secondPass: SecondPass?
  private let optimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    try settings.requireFit(imageSize: context.imageSize)
    self.context = context
    parameters = try ParameterStore(device: context.device, generator: Generator(seed: context.seed))
    network = try UNet(parameters.path(), in: 1, out: 1, settings: settings.network)
    noise = CoarseNoise(
      coarseness: settings.coarseness, strength: Float(settings.strength), sign: settings.sign)
    secondPass =
      settings.secondPass
      ? SecondPass(
        threshold: Float(settings.secondPassThreshold),
        residual: context.residual == .positive ? .positive : .absolute) : nil
    optimizer = try Adam(parameters.namedParameters, learningRate: 1e-4)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let seeds = try context.seeds(count: batch.count)
    return try optimizer.minimize(terms(batch, seeds: seeds, shard: context.shard, training: true), context)
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients { try terms(batch, seeds: batch.seeds(), shard: nil, training: false).values() }
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      func reconstruct(_ images: Tensor) throws -> Tensor { try self.reconstruct(images, training: false) }
      let first = try reconstruct(batch.images)
      let last = try secondPass.map { try $0.refine(batch, first: first, reconstruct: reconstruct) } ?? first
      return try AnomalyScore(batch, reconstruction: last, residual: context.residual)
    }
  }

  private func terms(
    _ batch: Batch, seeds: [UInt64], shard: BatchShard?, training: Bool
  ) throws -> LossTerms {
    let denoised = try reconstruct(batch.images + noise.sample(batch, seeds: seeds), training: training)
    let error = try Loss.mse(denoised * batch.brain, batch.images * batch.brain, reduction: .sum)
    return try LossTerms("reconstruction", error / batch.brain.pixels(shard))
  }

  private func reconstruct(_ images: Tensor, training: Bool) throws -> Tensor {
    try context.compute(training) { try network(images, training: training) }
  }

  var scoringModules: any StatefulModule { parameters }
  var trainingModules: any StatefulModule { optimizer }
}
