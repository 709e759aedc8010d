// Shapes broadcast as in PyTorch; shapes that do not broadcast throw.

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
  /// The elements clamped to the given limits.
  public func clamp(min: Float? = nil, max: Float? = nil) throws(TensorError) -> Tensor {
    try call("clamp", self, min, max)
  }
  /// The larger of two elements.
  public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
    try call("maximum", self, other)
  }

  /// Bool: whether each element is greater than a number.
  public func greater(than number: Float) throws(TensorError) -> Tensor {
    try call("gt.Scalar", self, number)
  }
  /// Bool: whether each element is less than a number.
  public func less(than number: Float) throws(TensorError) -> Tensor {
    try call("lt.Scalar", self, number)
  }
}

// MARK: - In place

extension Tensor {
  /// Linear interpolation to another tensor: self + weight * (other - self).
  @discardableResult
  public func lerp_(_ other: Tensor, weight: Float) throws(TensorError) -> Tensor {
    try call("lerp_.Scalar", self, other, weight)
  }
  /// Overwrites the elements with another tensor's, of any dtype and device.
  @discardableResult
  public func copy_(from source: Tensor) throws(TensorError) -> Tensor {
    try call("copy_", self, source)
  }
}
