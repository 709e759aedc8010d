// Shapes broadcast as in PyTorch; every function throws where they cannot.

extension Tensor {
  /// The sum, element by element.
  public static func + (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try call("add.Tensor", left, right)
  }
  /// Adds a number to every element.
  public static func + (left: Tensor, right: Float) throws(TensorError) -> Tensor {
    try call("add.Scalar", left, right)
  }
  /// Adds a number to every element.
  public static func + (left: Float, right: Tensor) throws(TensorError) -> Tensor {
    try call("add.Scalar", right, left)
  }
  /// The difference, element by element.
  public static func - (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try call("sub.Tensor", left, right)
  }
  /// Subtracts a number from every element.
  public static func - (left: Tensor, right: Float) throws(TensorError) -> Tensor {
    try call("sub.Scalar", left, right)
  }
  /// Subtracts every element from a number.
  public static func - (left: Float, right: Tensor) throws(TensorError) -> Tensor {
    try call("rsub.Scalar", right, left)
  }
  /// The product, element by element.
  public static func * (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try call("mul.Tensor", left, right)
  }
  /// Multiplies every element by a number.
  public static func * (left: Tensor, right: Float) throws(TensorError) -> Tensor {
    try call("mul.Scalar", left, right)
  }
  /// Multiplies every element by a number.
  public static func * (left: Float, right: Tensor) throws(TensorError) -> Tensor {
    try call("mul.Scalar", right, left)
  }
  /// The quotient, element by element.
  public static func / (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
    try call("div.Tensor", left, right)
  }
  /// Divides every element by a number.
  public static func / (left: Tensor, right: Float) throws(TensorError) -> Tensor {
    try call("div.Scalar", left, right)
  }
  /// Divides a number by every element.
  public static func / (left: Float, right: Tensor) throws(TensorError) -> Tensor {
    try call("mul.Scalar", call("reciprocal", right), left)
  }
  /// The negative of every element.
  public static prefix func - (operand: Tensor) throws(TensorError) -> Tensor {
    try call("neg", operand)
  }

  /// The negative of every element.
  public func neg() throws(TensorError) -> Tensor { try call("neg", self) }
  /// The magnitude of every element.
  public func abs() throws(TensorError) -> Tensor { try call("abs", self) }
  /// e to the power of every element.
  public func exp() throws(TensorError) -> Tensor { try call("exp", self) }
  /// The natural logarithm of every element.
  public func log() throws(TensorError) -> Tensor { try call("log", self) }
  /// The square root of every element.
  public func sqrt() throws(TensorError) -> Tensor { try call("sqrt", self) }
  /// The square of every element.
  public func square() throws(TensorError) -> Tensor { try call("square", self) }
  /// Every element to this power.
  public func pow(_ exponent: Float) throws(TensorError) -> Tensor {
    try call("pow.Tensor_Scalar", self, exponent)
  }
  /// Every element, kept within the limits that are given.
  public func clamp(min: Float? = nil, max: Float? = nil) throws(TensorError) -> Tensor {
    try call("clamp", self, min, max)
  }
  /// The larger of two elements.
  public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
    try call("maximum", self, other)
  }
  /// The smaller of two elements.
  public func minimum(_ other: Tensor) throws(TensorError) -> Tensor {
    try call("minimum", self, other)
  }

  /// Bool: whether each element is greater than the other tensor's.
  public func greater(than other: Tensor) throws(TensorError) -> Tensor {
    try call("gt.Tensor", self, other)
  }
  /// Bool: whether each element is greater than a number.
  public func greater(than number: Float) throws(TensorError) -> Tensor {
    try call("gt.Scalar", self, number)
  }
  /// Bool: whether each element is less than the other tensor's.
  public func less(than other: Tensor) throws(TensorError) -> Tensor {
    try call("lt.Tensor", self, other)
  }
  /// Bool: whether each element is less than a number.
  public func less(than number: Float) throws(TensorError) -> Tensor {
    try call("lt.Scalar", self, number)
  }
  /// Bool: whether each element is neither infinite nor NaN.
  public func isFinite() throws(TensorError) -> Tensor { try call("isfinite", self) }
  /// The elements of `first` where the Bool condition holds, of `second` elsewhere.
  public static func `where`(
    _ condition: Tensor, _ first: Tensor, _ second: Tensor
  ) throws(TensorError) -> Tensor {
    try call("where.self", condition, first, second)
  }
}

// MARK: - In place

extension Tensor {
  /// Adds alpha times the other tensor to this one.
  @discardableResult
  public func add_(_ other: Tensor, alpha: Float = 1) throws(TensorError) -> Tensor {
    try call("add_.Tensor", self, other, alpha)
  }
  /// Multiplies this tensor by another.
  @discardableResult
  public func mul_(_ other: Tensor) throws(TensorError) -> Tensor {
    try call("mul_.Tensor", self, other)
  }
  /// Multiplies this tensor by a number.
  @discardableResult
  public func mul_(_ number: Float) throws(TensorError) -> Tensor {
    try call("mul_.Scalar", self, number)
  }
  /// Moves the elements this share of the way to another tensor's.
  @discardableResult
  public func lerp_(_ other: Tensor, share: Float) throws(TensorError) -> Tensor {
    try call("lerp_.Scalar", self, other, share)
  }
  /// Overwrites the elements with another tensor's, of any dtype and device.
  @discardableResult
  public func copy_(from source: Tensor) throws(TensorError) -> Tensor {
    try call("copy_", self, source)
  }
  /// Overwrites the elements with zeros.
  @discardableResult
  public func zero_() throws(TensorError) -> Tensor { try call("zero_", self) }
}
