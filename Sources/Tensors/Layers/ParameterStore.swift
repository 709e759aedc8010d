/// The named tensors of a network in the order of their creation: trainable parameters, and buffers such as
/// running statistics.
public final class ParameterStore {
  private enum Kind { case parameter, buffer }
  private struct Entry {
    let name: String
    let kind: Kind
    let tensor: Tensor
  }

  /// The device of the tensors.
  public let device: Device
  /// The generator of the initial values.
  public let generator: Generator
  private var entries: [Entry] = []

  /// Creates an empty store. A CPU generator gives the same initial values on every device.
  public init(device: Device = .cpu, generator: Generator) {
    self.device = device
    self.generator = generator
  }

  /// The trainable tensors.
  public var parameters: [Tensor] { entries.filter { $0.kind == .parameter }.map(\.tensor) }

  /// The trainable tensors with their names.
  public var namedParameters: [(String, Tensor)] {
    entries.filter { $0.kind == .parameter }.map { ($0.name, $0.tensor) }
  }

  /// All tensors, parameters and buffers, by name, such as `encoder.0.weight`: the content of a checkpoint.
  public var state: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.tensor) })
  }

  /// Runs the body with frozen parameters: gradients flow through the network but do not accumulate in it.
  public func frozen<R>(_ body: () throws -> R) throws -> R {
    for parameter in parameters { try parameter.requiresGrad_(false) }
    defer { for parameter in parameters { _ = try? parameter.requiresGrad_(true) } }
    return try body()
  }

  /// The path below which a layer creates its tensors; the root without a name.
  public func path(_ name: String = "") -> ParameterPath { ParameterPath(store: self, name: name) }

  /// Copies the values of the tensors of the same names, of any dtype and device.
  ///
  /// - Throws: `ParameterError`, before any change, if names or shapes differ.
  public func load(_ tensors: [String: Tensor]) throws {
    try overwrite(entries.map { ($0.name, $0.tensor) }, with: tensors)
  }

  fileprivate func add(_ tensor: Tensor, name: String, trainable: Bool) throws(TensorError) -> Tensor {
    precondition(!entries.contains { $0.name == name }, "two tensors are named \(name)")
    let placed = try tensor.to(device)
    if trainable { try placed.requiresGrad_() }
    entries.append(Entry(name: name, kind: trainable ? .parameter : .buffer, tensor: placed))
    return placed
  }
}

/// A mismatch between a network and the tensors loaded into it.
public enum ParameterError: Error, Equatable, CustomStringConvertible {
  case missing(path: String, shape: [Int])
  case unexpected(path: String)
  case shape(path: String, expected: [Int], actual: [Int])

  /// The tensor and the mismatch.
  public var description: String {
    switch self {
    case .missing(let path, let shape): "\(path) of shape \(shape) is missing"
    case .unexpected(let path): "the network has no \(path)"
    case .shape(let path, let expected, let actual):
      "\(path) has shape \(actual), the network needs \(expected)"
    }
  }
}

/// Copies the values of the tensors of the same names; throws `ParameterError`, before any change, if names
/// or shapes differ.
func overwrite(_ tensors: [(name: String, tensor: Tensor)], with sources: [String: Tensor]) throws {
  var pairs: [(Tensor, Tensor)] = []
  for (name, tensor) in tensors {
    guard let source = sources[name] else {
      throw ParameterError.missing(path: name, shape: tensor.shape)
    }
    guard source.shape == tensor.shape else {
      throw ParameterError.shape(path: name, expected: tensor.shape, actual: source.shape)
    }
    pairs.append((tensor, source))
  }
  if let name = Set(sources.keys).subtracting(tensors.map(\.name)).min() {
    throw ParameterError.unexpected(path: name)
  }
  try withoutGradients {
    for (tensor, source) in pairs { try tensor.copy_(from: source) }
  }
}

/// A path in a store, such as `encoder.0`, below which a layer creates its tensors.
public struct ParameterPath {
  /// The store of the tensors.
  public let store: ParameterStore
  /// The names from the root, joined by dots.
  public let name: String

  /// The path of a child.
  public static func / (path: ParameterPath, name: String) -> ParameterPath {
    ParameterPath(store: path.store, name: path.name.isEmpty ? name : "\(path.name).\(name)")
  }

  /// The path of a list element.
  public static func / (path: ParameterPath, index: Int) -> ParameterPath { path / String(index) }

  /// Creates a trainable tensor, stored channels-last (four dimensions) if `channelsLast`.
  public func parameter(
    _ name: String, _ shape: [Int], _ initialization: Initialization, channelsLast: Bool = false
  ) throws(TensorError) -> Tensor {
    let drawn = try initialization.tensor(shape, generator: store.generator)
    let values = channelsLast ? try drawn.contiguous(channelsLast: true) : drawn
    return try store.add(values, name: (self / name).name, trainable: true)
  }

  /// Creates a tensor that is saved but not trained.
  public func buffer(_ name: String, _ values: Tensor) throws(TensorError) -> Tensor {
    try store.add(values, name: (self / name).name, trainable: false)
  }
}

/// The initial values of a parameter.
public enum Initialization: Sendable {
  case zeros
  case ones
  case uniform(bound: Double)

  /// PyTorch's default for weights: Kaiming uniform with a = √5.
  static func weight(fanIn: Int) -> Initialization {
    let slope = 5.0.squareRoot()
    let gain = (2 / (1 + slope * slope)).squareRoot()
    return .uniform(bound: 3.0.squareRoot() * (gain / Double(fanIn).squareRoot()))
  }

  /// PyTorch's default for biases.
  static func bias(fanIn: Int) -> Initialization { .uniform(bound: 1 / Double(fanIn).squareRoot()) }

  func tensor(_ shape: [Int], generator: Generator) throws(TensorError) -> Tensor {
    let values = try Tensor.zeros(shape, device: generator.device)
    return switch self {
    case .zeros: values
    case .ones: try call("fill_.Scalar", values, 1)
    case .uniform(let bound): try call("uniform_", values, -bound, bound, generator)
    }
  }
}
