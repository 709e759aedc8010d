internal import CTorch

/// A failed operator: its name, the shapes of its tensors and libtorch's reason.
public struct TensorError: Error, Equatable, CustomStringConvertible {
  /// The operator or function, such as `matmul`.
  public let operation: String
  /// The shapes of its tensor arguments, in order.
  public let shapes: [[Int]]
  /// The first line of libtorch's message.
  public let message: String

  /// The operation, its operands' shapes and the reason, in one line.
  public var description: String { "\(operands): \(message)" }

  /// The operation and the shapes of its operands, such as `matmul of [2, 3] and [2, 4]`.
  var operands: String {
    let shapes = shapes.map { "[\($0.map(String.init).joined(separator: ", "))]" }
    return shapes.isEmpty ? operation : "\(operation) of \(shapes.joined(separator: " and "))"
  }
}

/// Throws the error of a failed status, which names the operation and its operands.
func check(_ status: CTStatus, _ operation: String, _ shapes: [[Int]] = []) throws(TensorError) {
  if status == CT_OK { return }
  let message = String(cString: ct_error_message())
  let firstLine = message.split(separator: "\n").first.map(String.init) ?? "libtorch gave no reason"
  throw TensorError(operation: operation, shapes: shapes, message: firstLine)
}

/// The handle that a function of the C ABI creates.
func created(
  _ operation: String, _ shapes: [[Int]] = [], _ create: (inout OpaquePointer?) -> CTStatus
) throws(TensorError) -> OpaquePointer {
  var handle: OpaquePointer?
  try check(create(&handle), operation, shapes)
  guard let handle else {
    throw TensorError(operation: operation, shapes: shapes, message: "libtorch returned nothing")
  }
  return handle
}
