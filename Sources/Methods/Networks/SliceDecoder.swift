import Tensors

/// The decoder: from latents to slices, in the context's precision during training. Transposed convolutions
/// mirror the encoder's, and a 1x1 convolution follows. Given normally distributed latents it is a generator.
struct SliceDecoder {
  private let context: MethodContext
  private let dropout: Double
  private let widen: (Tensor) throws -> Tensor
  private let blocks: [ConvolutionBlock]
  private let output: Conv2d
  /// Shape of one latent, without the batch.
  let latentShape: [Int]

  /// `path` is the network's: `code.expand` and `code.widen` make a grid of a dense latent, `decoder` and
  /// `output` follow.
  init(_ path: ParameterPath, settings: NetworkSettings, context: MethodContext) throws {
    (self.context, dropout) = (context, settings.dropout)
    let side = try settings.latentSide(imageSize: context.imageSize)
    var width: Int
    switch settings.code {
    case .dense:
      width = settings.channels[settings.channels.count - 1]
      let grid = [settings.denseChannels, side, side]
      let expand = try Linear(path / "code" / "expand", in: settings.denseSize, out: grid.reduce(1, *))
      let convolution = try Conv2d(path / "code" / "widen", in: grid[0], out: width, kernel: 1)
      widen = { try convolution(expand($0).reshape([$0.shape[0]] + grid).contiguous(channelsLast: true)) }
      latentShape = [settings.denseSize]
    case .spatial:
      width = settings.spatialChannels
      widen = { $0 }
      latentShape = [width, side, side]
    }
    blocks = try settings.channels.reversed().enumerated().map { index, channels in
      defer { width = channels }
      return try ConvolutionBlock(
        path / "decoder" / index, in: width, out: channels, scale: .double, settings: settings)
    }
    output = try Conv2d(path / "output", in: width, out: 1, kernel: 1)
  }

  /// The image of each latent. A generator keeps the dropout of the latent on.
  func callAsFunction(_ latent: Tensor, training: Bool, generator: Generator? = nil) throws -> Tensor {
    var latent = latent
    if let generator, dropout > 0 { latent = try latent.dropout(dropout, generator: generator) }
    return try context.compute(training) {
      try output(blocks.reduce(widen(latent)) { try $1($0, training: training) })
    }
  }

  /// Samples of the standard normal distribution, (count, …latentShape).
  func sampleLatents(_ count: Int, _ generator: Generator) throws -> Tensor {
    try .randn([count] + latentShape, generator: generator, device: context.device)
  }
}
