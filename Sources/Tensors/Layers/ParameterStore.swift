/// The named tensors of a network, in the order its layers made them: parameters, which are trained, and
/// buffers, which are not (running statistics).
public final class ParameterStore {
  private enum Kind { case parameter, buffer }
  private struct Entry {
    let name: String
    let kind: Kind
    let tensor: Tensor
  }

  /// Where the tensors live.
  public let device: Device
  /// What initial values and dropout are drawn from.
  public let generator: Generator
  private var entries: [Entry] = []

  /// An empty store. Draw from a CPU generator to start from the same values on every device.
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

  /// The tensors that training does not differentiate.
  public var buffers: [Tensor] { entries.filter { $0.kind == .buffer }.map(\.tensor) }

  /// Every tensor with its name, such as `encoder.0.weight`: what a checkpoint holds.
  public func namedTensors() -> [(String, Tensor)] { entries.map { ($0.name, $0.tensor) } }

  /// All tensors, parameters and buffers, by name, such as `encoder.0.weight`: the content of a checkpoint.
  public var state: [String: Tensor] {
    Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.tensor) })
  }

  /// Runs the body with the parameters held fixed: gradients pass through the network and none are kept for it.
  public func frozen<R>(_ body: () throws -> R) throws -> R {
    for parameter in parameters { try parameter.requiresGrad_(false) }
    defer { for parameter in parameters { _ = try? parameter.requiresGrad_(true) } }
    return try body()
  }

  /// The place under which a layer makes its tensors; without a name, the root.
  public func path(_ name: String = "") -> ParameterPath { ParameterPath(store: self, name: name) }

  /// Overwrites every tensor with the one of its name, whatever its dtype and device. Throws `ParameterError`,
  /// before anything is changed, unless names and shapes agree exactly.
  public func load(_ tensors: [String: Tensor]) throws {
    try overwrite(namedTensors(), with: tensors)
  }

  fileprivate func add(_ tensor: Tensor, name: String, trainable: Bool) throws(TensorError) -> Tensor {
    precondition(!entries.contains { $0.name == name }, "two tensors are named \(name)")
    let placed = try tensor.to(device)
    if trainable { try placed.requiresGrad_() }
    entries.append(Entry(name: name, kind: trainable ? .parameter : .buffer, tensor: placed))
    return placed
  }
}

/// Tensors that do not fit the network they were loaded into.
public enum ParameterError: Error, Equatable, CustomStringConvertible {
  case missing(path: String, shape: [Int])
  case unexpected(path: String)
  case shape(path: String, expected: [Int], actual: [Int])

  /// The tensor, and how it disagrees.
  public var description: String {
    switch self {
    case .missing(let path, let shape): "\(path) of shape \(shape) is missing"
    case .unexpected(let path): "the network has no \(path)"
    case .shape(let path, let expected, let actual):
      "\(path) has shape \(actual), the network needs \(expected)"
    }
  }
}

/// Copies the values of the tensors of the same names; throws `ParameterError`, before anything is changed,
/// unless names and shapes agree exactly.
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

/// A place in a store, such as `encoder.0`, where a layer makes its tensors.
public struct ParameterPath {
  /// The store the tensors go to.
  public let store: ParameterStore
  /// The names from the root, joined by dots.
  public let name: String

  /// The place one name further.
  public static func / (path: ParameterPath, name: String) -> ParameterPath {
    ParameterPath(store: path.store, name: path.name.isEmpty ? name : "\(path.name).\(name)")
  }

  /// The place one number further, for the members of a list.
  public static func / (path: ParameterPath, index: Int) -> ParameterPath { path / String(index) }

  /// Makes a trainable tensor here; `channelsLast`, for four dimensions, is how its memory is laid out.
  public func parameter(
    _ name: String, _ shape: [Int], _ initialization: Initialization, channelsLast: Bool = false
  ) throws(TensorError) -> Tensor {
    let drawn = try initialization.tensor(shape, generator: store.generator)
    let values = channelsLast ? try drawn.contiguous(channelsLast: true) : drawn
    return try store.add(values, name: (self / name).name, trainable: true)
  }

  /// Makes a tensor here that is saved but not trained.
  public func buffer(_ name: String, _ values: Tensor) throws(TensorError) -> Tensor {
    try store.add(values, name: (self / name).name, trainable: false)
  }
}

/// The values a parameter starts from.
public enum Initialization: Sendable {
  case zeros
  case ones
  case uniform(bound: Double)
  case normal(mean: Double, deviation: Double)

  /// PyTorch's default for the weight of a layer whose outputs each sum `fanIn` products.
  static func weight(fanIn: Int) -> Initialization {
    let slope = 5.0.squareRoot()
    let gain = (2 / (1 + slope * slope)).squareRoot()
    return .uniform(bound: 3.0.squareRoot() * (gain / Double(fanIn).squareRoot()))
  }

  /// PyTorch's default for the bias of such a layer.
  static func bias(fanIn: Int) -> Initialization { .uniform(bound: 1 / Double(fanIn).squareRoot()) }

  func tensor(_ shape: [Int], generator: Generator) throws(TensorError) -> Tensor {
    let values = try Tensor.zeros(shape, device: generator.device)
    return switch self {
    case .zeros: values
    case .ones: try call("fill_.Scalar", values, 1)
    case .uniform(let bound): try call("uniform_", values, -bound, bound, generator)
    case .normal(let mean, let deviation): try call("normal_", values, mean, deviation, generator)
    }
  }
}
