import Tensors

/// Which normalisation follows a convolution.
enum NormKind: String, Codable, Hashable, Sendable, CaseIterable {
  case batch, instance, group, none
}

/// A convolution, its norm and its activation: `conv.*` and `norm.*` below its path.
struct ConvolutionBlock {
  /// What the convolution does to the image's side.
  enum Scale { case keep, halve, double }

  private let convolve: (Tensor) throws -> Tensor
  private let normalize: (Tensor, _ training: Bool) throws -> Tensor
  private let activation: Activation
  private let slope: Float

  /// `standardized` is for convolutions that do not double.
  init(
    _ path: ParameterPath, in input: Int, out output: Int, scale: Scale, settings: NetworkSettings,
    standardized: Bool = false
  ) throws {
    precondition(!standardized || scale != .double, "transposed convolutions are not standardized")
    let kernel = settings.kernel
    switch scale {
    case .keep, .halve:
      let convolution = try Conv2d(
        path / "conv", in: input, out: output, kernel: kernel, stride: scale == .halve ? 2 : 1,
        padding: kernel / 2, standardized: standardized)
      convolve = { try convolution($0) }
    case .double:
      let convolution = try ConvTranspose2d(
        path / "conv", in: input, out: output, kernel: kernel, stride: 2, padding: kernel / 2,
        outputPadding: 1)
      convolve = { try convolution($0) }
    }
    normalize = try Self.norm(settings.norm, path / "norm", channels: output)
    (activation, slope) = (settings.activation, Float(settings.slope))
  }

  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    try activation(normalize(convolve(x), training), slope: slope)
  }

  private static func norm(
    _ kind: NormKind, _ path: ParameterPath, channels: Int
  ) throws -> (Tensor, Bool) throws -> Tensor {
    switch kind {
    case .batch:
      let norm = try BatchNorm2d(path, channels)
      return { try norm($0, training: $1) }
    case .instance:
      let norm = try InstanceNorm(path, channels, affine: true)
      return { x, _ in try norm(x) }
    case .group:
      let groups = (1...8).last { channels.isMultiple(of: $0) } ?? 1
      let norm = try GroupNorm(path, groups: groups, channels)
      return { x, _ in try norm(x) }
    case .none: return { x, _ in x }
    }
  }
}
