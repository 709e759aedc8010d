/// Convolution of images: [batch, in, height, width] to [batch, out, height', width'].
public struct Conv2d: Sendable {
  /// [out, in / groups, kernel, kernel].
  public let weight: Tensor
  /// [out].
  public let bias: Tensor?
  let stride, padding, dilation, groups: Int
  let standardized: Bool

  /// Creates `weight` and `bias` at this path with PyTorch's default initialisation.
  ///
  /// `standardized` filters have mean 0 and standard deviation 1 (Qiao et al. 2019,
  /// doi:10.48550/arXiv.1903.10520). Filters stored `channelsLast` are faster for channels-last images and make
  /// the result channels-last. Throws if libtorch refuses the shapes.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, dilation: Int = 1, groups: Int = 1, bias: Bool = true, standardized: Bool = false,
    channelsLast: Bool = false
  ) throws(TensorError) {
    let fanIn = inputs / groups * kernel * kernel
    weight = try path.parameter(
      "weight", [outputs, inputs / groups, kernel, kernel], .weight(fanIn: fanIn), channelsLast: channelsLast)
    self.bias = bias ? try path.parameter("bias", [outputs], .bias(fanIn: fanIn)) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.standardized = standardized
  }

  /// The convolved images.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.conv2d(
      standardized ? Self.standardize(weight) : weight, bias, stride: stride, padding: padding,
      dilation: dilation, groups: groups)
  }

  private static func standardize(_ weight: Tensor) throws(TensorError) -> Tensor {
    let mean = try weight.mean([1, 2, 3], keepDim: true)
    let variance = try weight.variance([1, 2, 3], correction: 0, keepDim: true)
    return try (weight - mean) / (variance + 1e-10).sqrt()
  }
}

/// Transposed convolution of images: [batch, in, height, width] to [batch, out, height', width'], where
/// height' = (height - 1) * stride - 2 * padding + kernel + outputPadding.
public struct ConvTranspose2d: Sendable {
  /// [in, out, kernel, kernel].
  public let weight: Tensor
  /// [out].
  public let bias: Tensor?
  let stride, padding, outputPadding: Int

  /// Creates `weight` and `bias` at this path with PyTorch's default initialisation, `channelsLast` as for
  /// ``Conv2d``.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, outputPadding: Int = 0, bias: Bool = true, channelsLast: Bool = false
  ) throws(TensorError) {
    // PyTorch takes the fan-in from the second dimension of the weight, here the outputs.
    let fanIn = outputs * kernel * kernel
    weight = try path.parameter(
      "weight", [inputs, outputs, kernel, kernel], .weight(fanIn: fanIn), channelsLast: channelsLast)
    self.bias = bias ? try path.parameter("bias", [outputs], .bias(fanIn: fanIn)) : nil
    self.stride = stride
    self.padding = padding
    self.outputPadding = outputPadding
  }

  /// The convolved images.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    let y = try x.convTranspose2d(weight, stride: stride, padding: padding, outputPadding: outputPadding)
    guard let bias else { return y }
    // Inside the convolution, oneDNN is many times slower at the gradient of the bias than a sum over the pixels.
    return try call("add_.Tensor", y, bias.reshape([1, bias.shape[0], 1, 1]).to(y.dtype), 1)
  }
}

/// Convolution of volumes: [batch, in, depth, height, width] to [batch, out, depth', height', width'].
public struct Conv3d: Sendable {
  /// [out, in, kernel, kernel, kernel].
  public let weight: Tensor
  /// [out].
  public let bias: Tensor?
  private let stride, padding, dilation: Int

  /// Creates `weight` and `bias` at this path with PyTorch's default initialisation.
  public init(
    _ path: ParameterPath, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, dilation: Int = 1, bias: Bool = true
  ) throws(TensorError) {
    let fanIn = inputs * kernel * kernel * kernel
    weight = try path.parameter(
      "weight", [outputs, inputs, kernel, kernel, kernel], .weight(fanIn: fanIn))
    self.bias = bias ? try path.parameter("bias", [outputs], .bias(fanIn: fanIn)) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  /// The convolved volumes.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.conv3d(weight, bias, stride: stride, padding: padding, dilation: dilation)
  }
}
