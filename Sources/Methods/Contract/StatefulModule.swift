import Tensors

/// A part of a method that keeps tensors by name: a network's parameters, an optimiser, or several of these.
protocol StatefulModule {
  /// The tensors by name.
  var state: [String: Tensor] { get throws }
  /// Overwrites the tensors; throws a `ParameterError` unless names and shapes agree exactly.
  func load(_ state: [String: Tensor]) throws
}

extension ParameterStore: StatefulModule {}
extension Adam: StatefulModule {}

/// Several modules as one: each tensor's name begins with that of its module and a dot.
struct ModuleTree: StatefulModule, ExpressibleByDictionaryLiteral {
  private let modules: [(name: String, module: any StatefulModule)]

  init(_ modules: [(String, any StatefulModule)]) { self.modules = modules }
  init(dictionaryLiteral modules: (String, any StatefulModule)...) { self.init(modules) }

  /// These modules and one more.
  func adding(_ name: String, _ module: any StatefulModule) -> ModuleTree {
    ModuleTree(modules + [(name, module)])
  }

  var state: [String: Tensor] {
    get throws {
      try modules.reduce(into: [:]) { all, child in
        all = all.merging(try child.module.state.prefixed(child.name))
      }
    }
  }

  /// Errors give the whole name of a tensor.
  func load(_ state: [String: Tensor]) throws {
    if let stray = state.keys.filter({ name in !modules.contains { name.hasPrefix("\($0.name).") } }).min() {
      throw ParameterError.unexpected(path: stray)
    }
    for (name, module) in modules {
      do {
        try module.load(state.dropping(prefix: "\(name)."))
      } catch let error as ParameterError {
        throw error.below(name)
      }
    }
  }
}

extension ParameterError {
  /// The same error about the tensor of that name below `prefix`.
  fileprivate func below(_ prefix: String) -> ParameterError {
    switch self {
    case .missing(let path, let shape): .missing(path: "\(prefix).\(path)", shape: shape)
    case .unexpected(let path): .unexpected(path: "\(prefix).\(path)")
    case .shape(let path, let expected, let actual):
      .shape(path: "\(prefix).\(path)", expected: expected, actual: actual)
    }
  }
}
