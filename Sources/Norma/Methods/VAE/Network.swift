import Tensors

/// A diagonal Gaussian over codes: mean and log-variance of one shape, batch first.
struct GaussianCode {
  let mean, logVariance: Tensor

  /// mean + sigma · epsilon.
  func sample(generator: Generator) throws -> Tensor {
    let noise = try Tensor.randn(mean.shape, generator: generator, device: mean.device)
    return try mean + (logVariance * 0.5).exp() * noise
  }

  /// KL(q || N(0, I)), summed over the code and averaged over the batch.
  func divergence() throws -> Tensor { try Loss.gaussianKL(mean: mean, logVariance: logVariance) }
}

/// Strided encoder and mirrored decoder of the unified network, for square single-channel slices.
struct VariationalNetwork {
  private let encoder: [Block]
  private let head: CodeHead
  private let decoder: [Block]
  private let output: Conv2d

  init(_ path: ParameterPath, settings: VariationalAutoencoderSettings, imageSize: Int) throws {
    let halvings = 1 << settings.channels.count
    guard imageSize.isMultiple(of: halvings) else {
      throw ConfigurationError.outOfRange(
        path: "recipe.gridSize", value: "\(imageSize)",
        allowed: "a multiple of \(halvings), one halving for each entry of model.channels")
    }
    var width = 1
    encoder = try settings.channels.enumerated().map { index, channels in
      defer { width = channels }
      return try Block.halving(path / "encoder" / index, in: width, out: channels, settings: settings)
    }
    let side = imageSize / halvings
    head = try CodeHead(path / "code", channels: width, side: side, settings: settings)
    width = head.outputChannels
    decoder = try settings.channels.reversed().enumerated().map { index, channels in
      defer { width = channels }
      return try Block.doubling(path / "decoder" / index, in: width, out: channels, settings: settings)
    }
    output = try Conv2d(path / "output", in: width, out: 1, kernel: 1)
  }

  func encode(_ images: Tensor, training: Bool) throws -> GaussianCode {
    let features = try encoder.reduce(images.contiguous(channelsLast: true)) {
      try $1($0, training: training)
    }
    return try head.encode(features)
  }

  func decode(_ code: Tensor, training: Bool) throws -> Tensor {
    try output(decoder.reduce(head.decode(code)) { try $1($0, training: training) })
  }
}

/// A stride-2 convolution, which halves the image or as a transposed one doubles it, batch norm and LeakyReLU.
private struct Block {
  private let convolve: (Tensor) throws -> Tensor
  private let norm: BatchNorm2d
  private let slope: Float

  static func halving(
    _ path: ParameterPath, in input: Int, out output: Int, settings: VariationalAutoencoderSettings
  ) throws -> Block {
    let convolution = try Conv2d(
      path / "conv", in: input, out: output, kernel: settings.kernel, stride: 2, padding: settings.kernel / 2)
    return try Block(path, convolve: { try convolution($0) }, channels: output, slope: settings.slope)
  }

  static func doubling(
    _ path: ParameterPath, in input: Int, out output: Int, settings: VariationalAutoencoderSettings
  ) throws -> Block {
    let convolution = try ConvTranspose2d(
      path / "conv", in: input, out: output, kernel: settings.kernel, stride: 2, padding: settings.kernel / 2,
      outputPadding: 1)
    return try Block(path, convolve: { try convolution($0) }, channels: output, slope: settings.slope)
  }

  private init(
    _ path: ParameterPath, convolve: @escaping (Tensor) throws -> Tensor, channels: Int, slope: Double
  ) throws {
    self.convolve = convolve
    norm = try BatchNorm2d(path / "norm", channels)
    self.slope = Float(slope)
  }

  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try norm(convolve(x), training: training).leakyReLU(slope)
  }
}

/// From features to mean and log-variance, and from a code back to features.
private enum CodeHead {
  case dense(
    squeeze: Conv2d, mean: Linear, logVariance: Linear, expand: Linear, widen: Conv2d, shape: [Int],
    width: Int)
  case spatial(mean: Conv2d, logVariance: Conv2d, width: Int)

  init(_ path: ParameterPath, channels: Int, side: Int, settings: VariationalAutoencoderSettings) throws {
    switch settings.code {
    case .dense:
      let shape = [settings.denseChannels, side, side]
      let flat = shape.reduce(1, *)
      self = .dense(
        squeeze: try Conv2d(path / "squeeze", in: channels, out: settings.denseChannels, kernel: 1),
        mean: try Linear(path / "mean", in: flat, out: settings.denseSize),
        logVariance: try Linear(path / "log_variance", in: flat, out: settings.denseSize),
        expand: try Linear(path / "expand", in: settings.denseSize, out: flat),
        widen: try Conv2d(path / "widen", in: settings.denseChannels, out: channels, kernel: 1), shape: shape,
        width: channels)
    case .spatial:
      let width = settings.spatialChannels
      self = .spatial(
        mean: try Conv2d(path / "mean", in: channels, out: width, kernel: 3, padding: 1),
        logVariance: try Conv2d(path / "log_variance", in: channels, out: width, kernel: 3, padding: 1),
        width: width)
    }
  }

  /// Channels that the decoder receives.
  var outputChannels: Int {
    switch self {
    case .dense(_, _, _, _, _, _, let width), .spatial(_, _, let width): width
    }
  }

  func encode(_ features: Tensor) throws -> GaussianCode {
    switch self {
    case .dense(let squeeze, let mean, let logVariance, _, _, let shape, _):
      let flat = try squeeze(features).contiguous().reshape([features.shape[0], shape.reduce(1, *)])
      return GaussianCode(mean: try mean(flat), logVariance: try logVariance(flat))
    case .spatial(let mean, let logVariance, _):
      return GaussianCode(mean: try mean(features), logVariance: try logVariance(features))
    }
  }

  func decode(_ code: Tensor) throws -> Tensor {
    switch self {
    case .dense(_, _, _, let expand, let widen, let shape, _):
      try widen(expand(code).reshape([code.shape[0]] + shape).contiguous(channelsLast: true))
    case .spatial: code
    }
  }
}
