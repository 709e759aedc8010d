import Tensors

/// The normalisation after a convolution.
package enum NormKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Batch norm; several processes cannot train it together.
  case batch
  /// Instance norm.
  case instance
  /// Group norm of up to eight groups.
  case group
  /// No normalisation.
  case none
}

/// A convolution, its norm and its activation: `conv.*` and `norm.*` below its path.
struct ConvolutionBlock {
  /// The effect of the convolution on the image's side.
  enum Scale { case keep, halve, double }

  private let convolve: (Tensor) throws -> Tensor
  private let normalize: (Tensor, _ training: Bool) throws -> Tensor
  /// All three in one kernel, for inference; nil where the norm depends on the images.
  private let fused: FusedConvolution?
  private let activation: Activation
  private let slope: Float

  /// `standardized` is for convolutions that do not double; `channelsLast` is the memory format of
  /// images and filters.
  init(
    _ path: ParameterPath, in input: Int, out output: Int, scale: Scale, settings: NetworkSettings,
    standardized: Bool = false, channelsLast: Bool = true
  ) throws {
    precondition(!standardized || scale != .double, "transposed convolutions are not standardized")
    let kernel = settings.kernel, slope = Float(settings.slope)
    let fuse: (BatchNorm2d?) -> FusedConvolution?
    switch scale {
    case .keep, .halve:
      let convolution = try Conv2d(
        path / "conv", in: input, out: output, kernel: kernel, stride: scale == .halve ? 2 : 1,
        padding: kernel / 2, standardized: standardized, channelsLast: channelsLast)
      convolve = { try convolution($0) }
      fuse = { FusedConvolution(convolution, norm: $0, activation: settings.activation, slope: slope) }
    case .double:
      let convolution = try ConvTranspose2d(
        path / "conv", in: input, out: output, kernel: kernel, stride: 2, padding: kernel / 2,
        outputPadding: 1, channelsLast: channelsLast)
      convolve = { try convolution($0) }
      fuse = { FusedConvolution(convolution, norm: $0, activation: settings.activation, slope: slope) }
    }
    switch settings.norm {
    case .batch:
      let norm = try BatchNorm2d(path / "norm", output)
      normalize = { try norm($0, training: $1) }
      fused = fuse(norm)
    case .instance:
      let norm = try InstanceNorm(path / "norm", output, affine: true)
      (normalize, fused) = ({ x, _ in try norm(x) }, nil)
    case .group:
      let groups = (1...8).last { output.isMultiple(of: $0) } ?? 1
      let norm = try GroupNorm(path / "norm", groups: groups, output)
      (normalize, fused) = ({ x, _ in try norm(x) }, nil)
    case .none:
      normalize = { x, _ in x }
      fused = fuse(nil)
    }
    (activation, self.slope) = (settings.activation, slope)
  }

  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor {
    if !training, let fused, FusedConvolution.accepts(x) { return try fused(x) }
    return try activation(normalize(convolve(x), training), slope: slope)
  }
}
