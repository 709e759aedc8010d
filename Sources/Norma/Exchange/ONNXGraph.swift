import Base
import Foundation
import Tensors

/// A graph of ONNX operators that grows layer by layer from one input; version 17 of the operator set.
///
/// Field numbers are those of onnx.proto (ONNX 1.12).
struct ONNXGraph {
  enum Attribute {
    case int(Int)
    case ints([Int])
    case float(Float)
  }

  private static let irVersion: UInt64 = 8, operatorSet: UInt64 = 17

  private let input: (name: String, shape: [Int])
  private var nodes: [ProtocolMessage] = []
  private var initializers: [ProtocolMessage] = []
  /// Name of what the last operator gives.
  private(set) var last: String

  /// A graph on an input of (batch, …`shape`), any batch.
  init(input name: String, shape: [Int]) {
    input = (name, shape)
    last = name
  }

  /// Applies an operator to `inputs`, by default what the last one gave, and constant tensors behind them.
  mutating func apply(
    _ type: String, to inputs: [String]? = nil, constants: [(name: String, tensor: Tensor)] = [],
    _ attributes: KeyValuePairs<String, Attribute> = [:], as output: String? = nil
  ) throws {
    for (name, tensor) in constants {
      let values = try tensor.to(.float32).values()
      initializers.append(Self.constant(name, tensor.shape, type: 1, values.withUnsafeBytes { Data($0) }))
    }
    let output = output ?? "\(type)_\(nodes.count)"
    var node = ProtocolMessage()
    for name in (inputs ?? [last]) + constants.map(\.name) { node.add(1, name) }
    node.add(2, output)
    node.add(3, output)
    node.add(4, type)
    for (name, value) in attributes { node.add(5, Self.attribute(name, value)) }
    nodes.append(node)
    last = output
  }

  /// Reshapes what the last operator gave to (batch, …`shape`); -1 is whatever remains.
  mutating func reshape(_ shape: [Int]) throws {
    let name = "shape_\(nodes.count)"
    // 0 keeps the batch.
    let sizes = ([0] + shape).map(Int64.init)
    initializers.append(Self.constant(name, [sizes.count], type: 7, sizes.withUnsafeBytes { Data($0) }))
    try apply("Reshape", to: [last, name])
  }

  /// The file's bytes; `output`, which an operator gave, has the input's shape.
  func model(output: String, metadata: KeyValuePairs<String, String>) -> Data {
    var graph = ProtocolMessage()
    for node in nodes { graph.add(1, node) }
    graph.add(2, "norma")
    for initializer in initializers { graph.add(5, initializer) }
    graph.add(11, Self.images(input.name, input.shape))
    graph.add(12, Self.images(output, input.shape))
    var operators = ProtocolMessage()
    operators.add(1, "")
    operators.add(2, Self.operatorSet)
    var model = ProtocolMessage()
    model.add(1, Self.irVersion)
    model.add(2, "Norma")
    model.add(3, NormaVersion.current)
    model.add(7, graph)
    model.add(8, operators)
    for (key, value) in metadata {
      var entry = ProtocolMessage()
      entry.add(1, key)
      entry.add(2, value)
      model.add(14, entry)
    }
    return model.bytes
  }

  /// A TensorProto; `type` 1 is float, 7 is int64.
  private static func constant(_ name: String, _ shape: [Int], type: UInt64, _ bytes: Data) -> ProtocolMessage
  {
    var tensor = ProtocolMessage()
    for size in shape { tensor.add(1, UInt64(size)) }
    tensor.add(2, type)
    tensor.add(8, name)
    tensor.add(9, bytes)
    return tensor
  }

  private static func attribute(_ name: String, _ value: Attribute) -> ProtocolMessage {
    var message = ProtocolMessage()
    message.add(1, name)
    switch value {
    case .float(let value):
      message.add(2, value)
      message.add(20, UInt64(1))
    case .int(let value):
      message.add(3, UInt64(value))
      message.add(20, UInt64(2))
    case .ints(let values):
      for value in values { message.add(8, UInt64(value)) }
      message.add(20, UInt64(7))
    }
    return message
  }

  /// A ValueInfoProto of float images, the batch of any size.
  private static func images(_ name: String, _ sizes: [Int]) -> ProtocolMessage {
    var shape = ProtocolMessage(), batch = ProtocolMessage()
    batch.add(2, "batch")
    shape.add(1, batch)
    for size in sizes {
      var dimension = ProtocolMessage()
      dimension.add(1, UInt64(size))
      shape.add(1, dimension)
    }
    var tensor = ProtocolMessage(), type = ProtocolMessage(), value = ProtocolMessage()
    tensor.add(1, UInt64(1))
    tensor.add(2, shape)
    type.add(1, tensor)
    value.add(1, name)
    value.add(2, type)
    return value
  }
}
