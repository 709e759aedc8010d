internal import CTorch

extension Tensor {
  /// The same elements in another shape, of which one size may be -1; copied only if necessary.
  public func reshape(_ shape: [Int]) throws(TensorError) -> Tensor {
    try call("reshape", self, shape)
  }
  /// A view with two dimensions exchanged.
  public func transpose(_ first: Int, _ second: Int) throws(TensorError) -> Tensor {
    try call("transpose.int", self, first, second)
  }
  /// A copy reversed along these dimensions.
  public func flip(_ dims: [Int]) throws(TensorError) -> Tensor { try call("flip", self, dims) }
  /// A view of `length` indices of a dimension.
  public func narrow(_ dim: Int, start: Int, length: Int) throws(TensorError) -> Tensor {
    try call("narrow", self, dim, start, length)
  }
  /// A view of one index of a dimension, which disappears.
  public func select(_ dim: Int, _ index: Int) throws(TensorError) -> Tensor {
    try call("select.int", self, dim, index)
  }
  /// A view without this dimension, if its size is 1.
  public func squeeze(_ dim: Int) throws(TensorError) -> Tensor {
    try call("squeeze.dim", self, dim)
  }
  /// A view with a new dimension of size 1 at this index.
  public func unsqueeze(_ dim: Int) throws(TensorError) -> Tensor {
    try call("unsqueeze", self, dim)
  }
  /// A view that repeats dimensions of size 1 to this shape.
  public func expand(_ shape: [Int]) throws(TensorError) -> Tensor {
    try call("expand", self, shape)
  }
  /// The dimensions from `start` on, flattened into one.
  public func flatten(from start: Int = 1) throws(TensorError) -> Tensor {
    try call("flatten.using_ints", self, start)
  }
  /// Tensors joined along an existing dimension.
  public static func cat(_ tensors: [Tensor], dim: Int = 0) throws(TensorError) -> Tensor {
    try call("cat", tensors, dim)
  }
  /// Tensors of one shape joined along a new dimension.
  public static func stack(_ tensors: [Tensor], dim: Int = 0) throws(TensorError) -> Tensor {
    try call("stack", tensors, dim)
  }
  /// The elements in row-major order or, for images, channels-last, which makes convolutions faster.
  public func contiguous(channelsLast: Bool = false) throws(TensorError) -> Tensor {
    try call("contiguous", self, Int(channelsLast ? CT_CHANNELS_LAST : CT_CONTIGUOUS))
  }
  /// This tensor on another device; itself if it is there already.
  public func to(_ device: Device) throws(TensorError) -> Tensor {
    try call("to.dtype_layout", self, nil, nil, device)
  }
  /// This tensor in another type; itself if it has it already.
  public func to(_ dtype: DType) throws(TensorError) -> Tensor { try call("to.dtype", self, dtype) }
  /// The same memory, outside the graph.
  public func detach() throws(TensorError) -> Tensor { try call("detach", self) }
  /// A copy of the elements, inside the graph.
  public func clone() throws(TensorError) -> Tensor { try call("clone", self) }
  /// Pads with a constant. The sizes are those before and after the last dimension, then the second last, and
  /// so on.
  public func pad(_ sizes: [Int], value: Float = 0) throws(TensorError) -> Tensor {
    try call("constant_pad_nd", self, sizes, value)
  }
  /// The elements shifted cyclically along dimensions.
  public func roll(_ shifts: [Int], dims: [Int]) throws(TensorError) -> Tensor {
    try call("roll", self, shifts, dims)
  }
}
