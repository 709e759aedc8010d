extension Tensor {
  /// A tensor of zeros.
  public static func zeros(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try call("zeros", shape, dtype, nil, device)
  }

  /// A tensor of ones.
  public static func ones(
    _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try call("ones", shape, dtype, nil, device)
  }

  /// A tensor of one value.
  public static func full(
    _ shape: [Int], _ value: Float, dtype: DType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try call("full", shape, value, dtype, nil, device)
  }

  /// The numbers from `start` up to but excluding `end`, of rank 1.
  public static func arange(
    _ start: Float = 0, _ end: Float, step: Float = 1, dtype: DType = .float32, device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try call("arange.start_step", start, end, step, dtype, nil, device)
  }

  /// Samples of the standard normal distribution, made on the generator's device and moved to `device`.
  public static func randn(
    _ shape: [Int], generator: Generator, dtype: DType = .float32, device: Device? = nil
  ) throws(TensorError) -> Tensor {
    try generator.kept(
      call("randn.generator", generator.drawn(shape), generator, dtype, nil, generator.device)
    )
    .to(device ?? generator.device)
  }

  /// Samples of the uniform distribution over [0, 1), made on the generator's device and moved to `device`.
  public static func rand(
    _ shape: [Int], generator: Generator, dtype: DType = .float32, device: Device? = nil
  ) throws(TensorError) -> Tensor {
    try generator.kept(
      call("rand.generator", generator.drawn(shape), generator, dtype, nil, generator.device)
    )
    .to(device ?? generator.device)
  }

  /// Zeros of this tensor's shape, dtype and device.
  public func zerosLike() throws(TensorError) -> Tensor { try call("zeros_like", self) }

  /// Ones of this tensor's shape, dtype and device.
  public func onesLike() throws(TensorError) -> Tensor { try call("ones_like", self) }
}
