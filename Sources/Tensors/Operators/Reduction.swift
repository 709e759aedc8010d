extension Tensor {
  /// The sum over these dimensions, or over all of them.
  public func sum(_ dims: [Int]? = nil, keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("sum.dim_IntList", self, dims, keepDim)
  }
  /// The mean over these dimensions, or over all of them.
  ///
  /// - Throws: ``TensorError`` for integer types.
  public func mean(_ dims: [Int]? = nil, keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("mean.dim", self, dims, keepDim)
  }
  /// The variance over these dimensions, or over all of them, with the divisor count - `correction`.
  public func variance(
    _ dims: [Int]? = nil, correction: Int = 1, keepDim: Bool = false
  ) throws(TensorError) -> Tensor {
    try call("var.correction", self, dims, correction, keepDim)
  }
  /// The largest element over these dimensions, or over all of them.
  public func max(_ dims: [Int] = [], keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("amax", self, dims, keepDim)
  }
  /// The logarithm of the sum of the exponentials over these dimensions, without overflow.
  public func logSumExp(_ dims: [Int], keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("logsumexp", self, dims, keepDim)
  }
  /// The Euclidean norm over these dimensions, or over all of them.
  public func norm(_ dims: [Int]? = nil, keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("linalg_vector_norm", self, 2, dims, keepDim)
  }
  /// The differences of neighbours along a dimension, which becomes one shorter.
  public func differences(_ dim: Int) throws(TensorError) -> Tensor {
    try call("diff", self, 1, dim, nil, nil)
  }
}
