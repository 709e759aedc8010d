internal import CTorch

/// A convolution, the batch norm behind it and an activation as one operator of oneDNN: what inference on the processor
/// computes faster than one after the other. The norm is folded into the filters, which are laid out for the processor
/// once and again whenever a tensor of the layers or the shape of the images changes.
public final class FusedConvolution {
  private struct Packed {
    var versions: [Int64]
    var shape: [Int]
    var weight, bias: Tensor
  }

  private let weight: Tensor
  private let bias: Tensor?
  private let norm: BatchNorm2d?
  private let isTransposed: Bool
  /// Padding, output padding where it is transposed, stride and dilation, each [height, width], then the groups.
  private let arguments: [any Argument]
  private let activation: (name: String, numbers: [Double])
  private var packed: Packed?

  /// Nil for activations that oneDNN does not append, and for standardized convolutions.
  public convenience init?(_ convolution: Conv2d, norm: BatchNorm2d?, activation: Activation, slope: Float) {
    guard !convolution.standardized else { return nil }
    self.init(
      convolution.weight, convolution.bias, isTransposed: false,
      [
        Self.square(convolution.padding), Self.square(convolution.stride), Self.square(convolution.dilation),
        convolution.groups,
      ], norm, activation.appended(slope: slope))
  }

  /// Nil for activations that oneDNN does not append.
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

  /// Whether images can be given to it: of 32 bits, on a processor that oneDNN knows, and not differentiated.
  public static func accepts(_ x: Tensor) -> Bool {
    ct_has_onednn() && x.device == .cpu && x.dtype == .float32 && !ct_gradients_enabled()
  }

  /// What the layers make of images when not training, as close as rounding allows.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    let packed = try pack(for: x.shape)
    let name = isTransposed ? "mkldnn::_convolution_transpose_pointwise" : "mkldnn::_convolution_pointwise"
    let operands: [(any Argument)?] = [x, packed.weight, packed.bias] + arguments
    return try callAll(name, operands + [activation.name, activation.numbers, ""])[0]
  }

  private func pack(for shape: [Int]) throws(TensorError) -> Packed {
    let tensors = [weight] + (bias.map { [$0] } ?? []) + (norm?.tensors ?? [])
    let versions = tensors.map { ct_tensor_version($0.handle) }
    if let packed, packed.versions == versions, packed.shape == shape {
      return packed
    }
    let (weight, bias) = try folded()
    let name = isTransposed ? "_reorder_convolution_transpose_weight" : "_reorder_convolution_weight"
    let laidOut = try callAll("mkldnn::" + name, [weight] + arguments + [shape])[0]
    let packed = Packed(versions: versions, shape: shape, weight: laidOut, bias: bias)
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
  /// Its name among what oneDNN appends to a convolution, and its numbers.
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
