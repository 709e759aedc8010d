/// Normalises each channel of images [batch, channels, height, width] over batch and space.
public struct BatchNorm2d: Sendable {
  /// [channels].
  public let weight, bias: Tensor
  /// [channels]; used in inference.
  public let runningMean, runningVariance: Tensor
  private let batches: Tensor
  private let momentum, epsilon: Double

  /// Creates `weight`, `bias`, `running_mean`, `running_var` and `num_batches_tracked` at this path.
  public init(
    _ path: ParameterPath, _ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5
  ) throws(TensorError) {
    weight = try path.parameter("weight", [channels], .ones)
    bias = try path.parameter("bias", [channels], .zeros)
    runningMean = try path.buffer("running_mean", .zeros([channels]))
    runningVariance = try path.buffer("running_var", .ones([channels]))
    batches = try path.buffer("num_batches_tracked", .zeros([], dtype: .int64))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// The normalised images. Training uses the batch's statistics and updates the running ones; inference uses
  /// the running ones.
  public func callAsFunction(_ x: Tensor, training: Bool) throws(TensorError) -> Tensor {
    if training { try call("add_.Scalar", batches, 1) }
    return try x.batchNorm(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: training, momentum: momentum, epsilon: epsilon)
  }

  /// The layer in inference: the factor and the summand of each channel, both [channels].
  func affine() throws(TensorError) -> (scale: Tensor, shift: Tensor) {
    let scale = try weight / (runningVariance + Float(epsilon)).sqrt()
    return (scale, try bias - runningMean * scale)
  }

  /// All tensors whose change indicates a change of ``affine()``.
  var tensors: [Tensor] { [weight, bias, runningMean, runningVariance, batches] }
}

/// Normalises groups of channels of each sample [batch, channels, ...].
public struct GroupNorm: Sendable {
  /// [channels].
  public let weight, bias: Tensor
  private let groups: Int
  private let epsilon: Double

  /// Creates `weight` and `bias` at this path.
  public init(
    _ path: ParameterPath, groups: Int, _ channels: Int, epsilon: Double = 1e-5
  ) throws(TensorError) {
    weight = try path.parameter("weight", [channels], .ones)
    bias = try path.parameter("bias", [channels], .zeros)
    self.groups = groups
    self.epsilon = epsilon
  }

  /// The normalised samples, of x's shape.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.groupNorm(groups: groups, weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// Normalises each channel of each sample [batch, channels, ...] over space.
public struct InstanceNorm: Sendable {
  /// [channels]; nil unless affine.
  public let weight, bias: Tensor?
  private let epsilon: Double

  /// Creates `weight` and `bias` at this path if `affine`.
  public init(
    _ path: ParameterPath, _ channels: Int, affine: Bool = false, epsilon: Double = 1e-5
  ) throws(TensorError) {
    weight = affine ? try path.parameter("weight", [channels], .ones) : nil
    bias = affine ? try path.parameter("bias", [channels], .zeros) : nil
    self.epsilon = epsilon
  }

  /// The normalised samples, of x's shape.
  public func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.instanceNorm(weight: weight, bias: bias, epsilon: epsilon)
  }
}
