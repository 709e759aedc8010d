// Images are [batch, channels, height, width]. A single number applies to all spatial dimensions.

extension Tensor {
  /// The matrix product over the last two dimensions.
  public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
    try call("matmul", self, other)
  }

  /// The linear map [..., in] to [..., out] with a weight of [out, in].
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) throws(TensorError) -> Tensor {
    try call("linear", self, weight, bias)
  }

  /// Convolution of images with a weight of [out, in / groups, height, width].
  public func conv2d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws(TensorError) -> Tensor {
    try call("conv2d", self, weight, bias, [stride], [padding], [dilation], groups)
  }

  /// Transposed convolution of images with a weight of [in, out / groups, height, width].
  public func convTranspose2d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
    outputPadding: Int = 0, groups: Int = 1
  ) throws(TensorError) -> Tensor {
    try call(
      "conv_transpose2d.input", self, weight, bias, [stride], [padding], [outputPadding], groups)
  }

  /// Convolution of volumes [batch, in, depth, height, width] with a weight of [out, in / groups, d, h, w].
  public func conv3d(
    _ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1
  ) throws(TensorError) -> Tensor {
    try call("conv3d", self, weight, bias, [stride], [padding], [dilation], groups)
  }

  /// The largest element of each window; the stride defaults to the window's size.
  public func maxPool2d(
    _ size: Int, stride: Int? = nil, padding: Int = 0
  ) throws(TensorError) -> Tensor {
    try call("max_pool2d", self, [size], [stride ?? size], [padding])
  }

  /// The mean of each window; the stride defaults to the window's size.
  public func avgPool2d(
    _ size: Int, stride: Int? = nil, padding: Int = 0
  ) throws(TensorError) -> Tensor {
    try call("avg_pool2d", self, [size], [stride ?? size], [padding])
  }

  /// Bilinear interpolation of images to [height, width], with PyTorch's `align_corners=False`.
  public func interpolate2d(_ size: [Int]) throws(TensorError) -> Tensor {
    try call("upsample_bilinear2d", self, size, false)
  }

  /// Bilinear samples of images at the points [batch, height', width', 2] of `grid`, whose x and y run from
  /// -1 to 1 between the outer edges of the border pixels; 0 outside.
  public func gridSample(_ grid: Tensor) throws(TensorError) -> Tensor {
    try call("grid_sampler", self, grid, 0, 0, false)
  }

  /// Each channel normalised by the statistics of the batch (training) or by the running ones (inference).
  /// Training updates the running ones in place.
  public func batchNorm(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, training: Bool,
    momentum: Double = 0.1, epsilon: Double = 1e-5
  ) throws(TensorError) -> Tensor {
    try call(
      "batch_norm", self, weight, bias, runningMean, runningVariance, training, momentum, epsilon, true)
  }

  /// Groups of channels of each sample normalised to mean 0 and variance 1.
  public func groupNorm(
    groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) throws(TensorError) -> Tensor {
    try call("group_norm", self, groups, weight, bias, epsilon)
  }

  /// Each channel of each sample normalised to mean 0 and variance 1.
  public func instanceNorm(
    weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
  ) throws(TensorError) -> Tensor {
    try call("instance_norm", self, weight, bias, nil, nil, true, 0.1, epsilon, true)
  }

  /// Zeroes each element with this probability and scales the others to keep the mean.
  public func dropout(_ probability: Double, generator: Generator) throws(TensorError) -> Tensor {
    let kept = 1 - probability
    let mask = try call("empty_like", generator.drawn(like: detach().to(generator.device)))
    try call("bernoulli_.float", mask, kept, generator)
    return try self * generator.kept(call("div_.Scalar", mask, kept)).to(device)
  }
}
