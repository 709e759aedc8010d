import StrictSettings
import Tensors

/// Settings of a U-Net, in which group norm and SiLU follow every convolution.
struct UNetSettings: Settings {
  /// Channels of each resolution, the finest first; each is half of the one before.
  var channels = [16, 32, 64, 128]
  /// Whether filters are scaled to mean 0 and standard deviation 1 (Qiao et al. 2019).
  var weightStandardization = false

  func validate(path: String) throws {
    try require(
      (1...7).contains(channels.count) && channels.allSatisfy { (1...1024).contains($0) }, path, "channels",
      channels, "one to seven numbers from 1 to 1024")
  }

  /// Throws ``ConfigurationError/outOfRange(path:value:allowed:)`` for an image that cannot be halved so
  /// often.
  func requireFit(imageSize: Int) throws {
    let multiple = 1 << (channels.count - 1)
    guard imageSize.isMultiple(of: multiple) else {
      throw ConfigurationError.outOfRange(
        path: "recipe.gridSize", value: "\(imageSize)",
        allowed: "a multiple of \(multiple), one halving between two entries of model.network.channels")
    }
  }

  /// The convolutions of one resolution.
  fileprivate var block: NetworkSettings {
    var block = NetworkSettings()
    (block.kernel, block.norm, block.activation) = (3, .group, .silu)
    return block
  }
}

/// Encoder and decoder with a skip connection at every resolution (Ronneberger et al. 2015): two 3x3
/// convolutions each, maximum pooling down, bilinear interpolation up. Images are (batch, channels, size,
/// size).
struct UNet {
  private let down, up: [[ConvolutionBlock]]
  private let output: Conv2d

  /// The convolutions are below `down`, and from the second coarsest resolution to the finest below `up`; the
  /// last layer is `output`.
  init(_ path: ParameterPath, in inputs: Int, out outputs: Int, settings: UNetSettings) throws {
    func stage(_ path: ParameterPath, in input: Int, out output: Int) throws -> [ConvolutionBlock] {
      try [input, output].enumerated().map { index, width in
        // On a single channel, filters of mean 0 would respond to edges and not to the intensity of a pixel.
        try ConvolutionBlock(
          path / index, in: width, out: output, scale: .keep, settings: settings.block,
          standardized: settings.weightStandardization && width > 1, channelsLast: false)
      }
    }
    let channels = settings.channels
    down = try zip([inputs] + channels, channels).enumerated().map { index, widths in
      try stage(path / "down" / index, in: widths.0, out: widths.1)
    }
    up = try zip(channels, channels.dropFirst()).reversed().enumerated().map { index, widths in
      try stage(path / "up" / index, in: widths.0 + widths.1, out: widths.0)
    }
    output = try Conv2d(path / "output", in: channels[0], out: outputs, kernel: 1)
  }

  func callAsFunction(_ images: Tensor, training: Bool) throws -> Tensor {
    func apply(_ blocks: [ConvolutionBlock], _ x: Tensor) throws -> Tensor {
      try blocks.reduce(x) { try $1($0, training: training) }
    }
    // Convolutions are faster channels-last, but group norm's gradient in bfloat16 then takes 30 times as
    // long.
    let images = training ? images : try images.contiguous(channelsLast: true)
    var features = [try apply(down[0], images)]
    var x = features[0]
    for blocks in down.dropFirst() {
      x = try apply(blocks, x.maxPool2d(2))
      features.append(x)
    }
    features.removeLast()
    for blocks in up {
      let skip = features.removeLast()
      x = try apply(blocks, .cat([skip, x.interpolate2d(Array(skip.shape.suffix(2)))], dim: 1))
    }
    return try output(x)
  }
}
