extension Tensor {
  /// The sum over these dimensions, or over all of them.
  public func sum(_ dims: [Int]? = nil, keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("sum.dim_IntList", self, dims, keepDim)
  }
  /// The mean over these dimensions, or over all of them; throws for integer types.
  public func mean(_ dims: [Int]? = nil, keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("mean.dim", self, dims, keepDim)
  }
  /// The variance over these dimensions, or over all of them. Its divisor is the count less `correction`.
  public func variance(
    _ dims: [Int]? = nil, correction: Int = 1, keepDim: Bool = false
  ) throws(TensorError) -> Tensor {
    try call("var.correction", self, dims, correction, keepDim)
  }
  /// The largest element over these dimensions, or over all of them.
  public func max(_ dims: [Int] = [], keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("amax", self, dims, keepDim)
  }
  /// The smallest element over these dimensions, or over all of them.
  public func min(_ dims: [Int] = [], keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("amin", self, dims, keepDim)
  }
  /// The Euclidean norm over these dimensions, or over all of them.
  public func norm(_ dims: [Int]? = nil, keepDim: Bool = false) throws(TensorError) -> Tensor {
    try call("linalg_vector_norm", self, 2, dims, keepDim)
  }
  /// The cumulative sum along a dimension, of this shape.
  public func cumulativeSum(_ dim: Int) throws(TensorError) -> Tensor {
    try call("cumsum", self, dim)
  }
  /// What lies between neighbours along a dimension, one shorter.
  public func differences(_ dim: Int) throws(TensorError) -> Tensor {
    try call("diff", self, 1, dim, nil, nil)
  }
  /// The elements along a dimension in order, of this shape, and the Int64 index each came from.
  public func sorted(
    _ dim: Int = -1, descending: Bool = false
  ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
    let results = try callAll("sort", [self, dim, descending])
    return (results[0], results[1])
  }
  /// The `count` largest elements along a dimension, in order, and the Int64 index each came from.
  public func largest(
    _ count: Int, _ dim: Int = -1
  ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
    let results = try callAll("topk", [self, count, dim])
    return (results[0], results[1])
  }
  /// The quantile q in 0...1 along a dimension, or over all elements (at most 16 million of them).
  public func quantile(
    _ q: Double, _ dim: Int? = nil, keepDim: Bool = false
  ) throws(TensorError) -> Tensor {
    try call("quantile.scalar", self, q, dim, keepDim)
  }
}
