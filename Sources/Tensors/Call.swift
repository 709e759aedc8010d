internal import CTorch

/// An argument of an operator.
protocol Argument {
  func add(to call: OpaquePointer) -> CTStatus
  /// The tensors of the argument, for error messages.
  var operands: [Tensor] { get }
}

extension Argument {
  var operands: [Tensor] { [] }
}

/// Runs the operator of this schema name: `add.Tensor` of ATen, or `mkldnn::name` of another namespace.
///
/// The arguments are in the order of the schema; `nil` is None. Omitted trailing arguments take the schema's
/// defaults. Returns the tensors of all results; throws what libtorch reports.
@discardableResult
func callAll(_ name: String, _ arguments: [(any Argument)?]) throws(TensorError) -> [Tensor] {
  func require(_ status: CTStatus) throws(TensorError) {
    if status == CT_OK { return }
    let operands = arguments.flatMap { $0?.operands ?? [] }
    try check(status, withoutOverload(name), operands.map(\.shape))
  }
  guard let call = ct_call_create(name) else {
    throw TensorError(operation: name, shapes: [], message: "out of memory")
  }
  defer { ct_call_destroy(call) }
  for argument in arguments {
    try require(argument?.add(to: call) ?? ct_call_add_none(call))
  }
  var count: Int64 = 0
  try require(withExtendedLifetime(arguments) { ct_call_run(call, &count) })
  var results: [Tensor] = []
  for index in 0..<count {
    results.append(Tensor(handle: try created(name) { ct_call_result(call, index, &$0) }))
  }
  return results
}

/// Runs an operator with one result.
@discardableResult
func call(_ name: String, _ arguments: (any Argument)?...) throws(TensorError) -> Tensor {
  let results = try callAll(name, arguments)
  guard let first = results.first else {
    throw TensorError(operation: withoutOverload(name), shapes: [], message: "the operator has no result")
  }
  return first
}

private func withoutOverload(_ name: String) -> String { String(name.prefix { $0 != "." }) }

extension Tensor: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_tensor(call, handle) }
  var operands: [Tensor] { [self] }
}

extension Bool: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_bool(call, self) }
}

extension Int: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_int(call, Int64(self)) }
}

extension Double: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_double(call, self) }
}

extension Float: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_double(call, Double(self)) }
}

extension String: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_string(call, self) }
}

extension DType: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_int(call, Int64(code)) }
}

extension Device: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_device(call, handle) }
}

extension Generator: Argument {
  func add(to call: OpaquePointer) -> CTStatus { ct_call_add_generator(call, handle) }
}

extension Array: Argument where Element: ListElement {
  func add(to call: OpaquePointer) -> CTStatus { Element.add(self, to: call) }
  var operands: [Tensor] { Element.operands(self) }
}

/// An element of a list argument.
protocol ListElement {
  static func add(_ list: [Self], to call: OpaquePointer) -> CTStatus
  static func operands(_ list: [Self]) -> [Tensor]
}

extension Int: ListElement {
  static func add(_ list: [Int], to call: OpaquePointer) -> CTStatus {
    ct_call_add_ints(call, list.map(Int64.init), Int64(list.count))
  }
  static func operands(_ list: [Int]) -> [Tensor] { [] }
}

extension Double: ListElement {
  static func add(_ list: [Double], to call: OpaquePointer) -> CTStatus {
    ct_call_add_numbers(call, list, Int64(list.count))
  }
  static func operands(_ list: [Double]) -> [Tensor] { [] }
}

extension Tensor: ListElement {
  static func add(_ list: [Tensor], to call: OpaquePointer) -> CTStatus {
    ct_call_add_tensors(call, list.map(\.handle), Int64(list.count))
  }
  static func operands(_ list: [Tensor]) -> [Tensor] { list }
}
