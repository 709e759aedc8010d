import Tensors

/// Convolutions that halve a single-channel image step by step; they are `0`, `1`, … below the path.
struct FeatureEncoder {
  private let blocks: [ConvolutionBlock]
  /// Channels of the features.
  let outputChannels: Int

  init(_ path: ParameterPath, settings: NetworkSettings) throws {
    var width = 1
    blocks = try settings.channels.enumerated().map { index, channels in
      defer { width = channels }
      return try ConvolutionBlock(
        path / index, in: width, out: channels, scale: settings.stem && index == 0 ? .keep : .halve,
        settings: settings)
    }
    outputChannels = width
  }

  func callAsFunction(_ images: Tensor, training: Bool) throws -> Tensor {
    try blocks.reduce(images.contiguous(channelsLast: true)) { try $1($0, training: training) }
  }
}

/// The encoder: from slices to latents or latent distributions, in the context's precision during training.
struct SliceEncoder {
  private let context: MethodContext
  private let encoder: FeatureEncoder
  private let flatten: (Tensor) throws -> Tensor
  private let mean: (Tensor) throws -> Tensor
  private let logVariance: ((Tensor) throws -> Tensor)?

  /// `path` is the network's: the blocks are below `encoder`, the rest below `code`. A distribution has a
  /// log-variance beside its mean.
  init(
    _ path: ParameterPath, settings: NetworkSettings, context: MethodContext, isDistribution: Bool
  ) throws {
    self.context = context
    let side = try settings.latentSide(imageSize: context.imageSize)
    encoder = try FeatureEncoder(path / "encoder", settings: settings)
    let code = path / "code", channels = encoder.outputChannels, stride = settings.stem ? 2 : 1
    let layer: (String) throws -> (Tensor) throws -> Tensor
    switch settings.code {
    case .dense:
      let kernel = settings.stem ? 3 : 1, flat = settings.denseChannels * side * side
      let squeeze = try Conv2d(
        code / "squeeze", in: channels, out: settings.denseChannels, kernel: kernel, stride: stride,
        padding: kernel / 2)
      flatten = { try squeeze($0).contiguous().reshape([$0.shape[0], flat]) }
      layer = { name in
        let linear = try Linear(code / name, in: flat, out: settings.denseSize)
        return { try linear($0) }
      }
    case .spatial:
      flatten = { $0 }
      layer = { name in
        let convolution = try Conv2d(
          code / name, in: channels, out: settings.spatialChannels, kernel: 3, stride: stride, padding: 1,
          channelsLast: true)
        return { try convolution($0) }
      }
    }
    mean = try layer("mean")
    logVariance = isDistribution ? try layer("log_variance") : nil
  }

  /// The latent of each image.
  func callAsFunction(_ images: Tensor, training: Bool) throws -> Tensor {
    try context.compute(training) { try mean(flatten(encoder(images, training: training))) }
  }

  /// The latent distribution of each image, for an encoder with `isDistribution`.
  func distribution(_ images: Tensor, training: Bool) throws -> LatentDistribution {
    guard let logVariance else { preconditionFailure("this encoder has no distribution") }
    let flat = try context.compute(training) { try flatten(encoder(images, training: training)) }
    return LatentDistribution(
      mean: try context.compute(training) { try mean(flat) },
      logVariance: try context.compute(training) { try logVariance(flat) })
  }
}

/// A diagonal Gaussian over latents: mean and log-variance of one shape, batch first.
struct LatentDistribution {
  let mean, logVariance: Tensor

  /// mean + sigma · epsilon.
  func sample(generator: Generator) throws -> Tensor {
    let noise = try Tensor.randn(mean.shape, generator: generator, device: mean.device)
    return try mean + (logVariance * 0.5).exp() * noise
  }

  /// KL(q || N(0, I)), summed over the latent and averaged over the batch.
  func divergence() throws -> Tensor { try Loss.gaussianKL(mean: mean, logVariance: logVariance) }
}
