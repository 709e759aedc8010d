internal import CTorch

/// A convolution, its batch norm and an activation as one oneDNN operator, for faster inference on the CPU.
///
/// The norm is folded into the filters, which are packed for the CPU and cached until a tensor of the layers
/// or the shape or type of the images changes. Within ``mixedPrecision(on:_:)`` it computes in bfloat16.
public final class FusedConvolution {
  private struct Packed {
    var versions: [Int64]
    var shape: [Int]
    var dtype: DType
    var weight, bias: Tensor
  }

  private let weight: Tensor
  private let bias: Tensor?
  private let norm: BatchNorm2d?
  private let isTransposed: Bool
  /// Padding, output padding (transposed only), stride and dilation, each [height, width], then the groups.
  private let arguments: [any Argument]
  private let activation: (name: String, numbers: [Double])
  private var packed: Packed?

  /// Fuses a convolution; nil for standardised filters and for activations that oneDNN cannot fuse.
  public convenience init?(_ convolution: Conv2d, norm: BatchNorm2d?, activation: Activation, slope: Float) {
    guard !convolution.standardized else { return nil }
    self.init(
      convolution.weight, convolution.bias, isTransposed: false,
      [
        Self.square(convolution.padding), Self.square(convolution.stride), Self.square(convolution.dilation),
        convolution.groups,
      ], norm, activation.appended(slope: slope))
  }

  /// Fuses a transposed convolution; nil for activations that oneDNN cannot fuse.
  public convenience init?(
    _ convolution: ConvTranspose2d, norm: BatchNorm2d?, activation: Activation, slope: Float
  ) {
    self.init(
      convolution.weight, convolution.bias, isTransposed: true,
      [
        Self.square(convolution.padding), Self.square(convolution.outputPadding),
        Self.square(convolution.stride), [1, 1], 1,
      ], norm, activation.appended(slope: slope))
  }

  private init?(
    _ weight: Tensor, _ bias: Tensor?, isTransposed: Bool, _ arguments: [any Argument], _ norm: BatchNorm2d?,
    _ activation: (name: String, numbers: [Double])?
  ) {
    guard let activation else { return nil }
    (self.weight, self.bias, self.isTransposed) = (weight, bias, isTransposed)
    (self.arguments, self.norm, self.activation) = (arguments, norm, activation)
  }

  private static let hasBFloat16 = ct_onednn_has_bfloat16()

  /// Whether the operator can take these images: float32, or bfloat16 where the processor has it, on a CPU
  /// with oneDNN, without differentiation.
  public static func accepts(_ x: Tensor) -> Bool {
    guard ct_has_onednn(), x.device == .cpu, !ct_gradients_enabled() else { return false }
    return switch computed(x) {
    case .float32: true
    case .bfloat16: hasBFloat16
    default: false
    }
  }

  /// The type that images are computed in: bfloat16 in mixed precision, else their own.
  private static func computed(_ x: Tensor) -> DType {
    x.dtype == .float32 && ct_autocast_enabled(Device.cpu.handle.type) ? .bfloat16 : x.dtype
  }

  /// The result of the separate layers in inference, up to rounding.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    let dtype = Self.computed(x), x = try x.to(dtype), packed = try pack(for: x.shape, in: dtype)
    let name = isTransposed ? "mkldnn::_convolution_transpose_pointwise" : "mkldnn::_convolution_pointwise"
    let operands: [(any Argument)?] = [x, packed.weight, packed.bias] + arguments
    return try callAll(name, operands + [activation.name, activation.numbers, ""])[0]
  }

  private func pack(for shape: [Int], in dtype: DType) throws(TensorError) -> Packed {
    let tensors = [weight] + (bias.map { [$0] } ?? []) + (norm?.tensors ?? [])
    let versions = tensors.map { ct_tensor_version($0.handle) }
    if let packed, packed.versions == versions, packed.shape == shape, packed.dtype == dtype {
      return packed
    }
    var (weight, bias) = try folded()
    (weight, bias) = (try weight.to(dtype), try bias.to(dtype))
    let name = isTransposed ? "_reorder_convolution_transpose_weight" : "_reorder_convolution_weight"
    let laidOut = try callAll("mkldnn::" + name, [weight] + arguments + [shape])[0]
    let packed = Packed(versions: versions, shape: shape, dtype: dtype, weight: laidOut, bias: bias)
    self.packed = packed
    return packed
  }

  private func folded() throws(TensorError) -> (weight: Tensor, bias: Tensor) {
    let outputs = weight.shape[isTransposed ? 1 : 0]
    let bias = if let bias { bias } else { try Tensor.zeros([outputs]) }
    guard let norm else { return (weight, bias) }
    let (scale, shift) = try norm.affine()
    let filters = try weight * scale.reshape(isTransposed ? [1, -1, 1, 1] : [-1, 1, 1, 1])
    return (filters, try bias * scale + shift)
  }

  private static func square(_ number: Int) -> [Int] { [number, number] }
}

extension Activation {
  /// The name and the parameters of the activation in oneDNN's fused operators.
  fileprivate func appended(slope: Float) -> (name: String, numbers: [Double])? {
    switch self {
    case .relu: ("relu", [])
    case .leakyReLU: ("leaky_relu", [Double(slope)])
    case .silu: ("swish", [])
    case .tanh: ("tanh", [])
    case .sigmoid: ("sigmoid", [])
    case .identity: ("none", [])
    case .gelu: nil
    }
  }
}
