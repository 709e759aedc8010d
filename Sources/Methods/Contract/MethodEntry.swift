public import StrictSettings

/// What tables, plots and commands need to know about a method beside its name.
public struct MethodMetadata: Hashable, Sendable {
  /// Whether its maps depend on the seed; experiments run the others once.
  public var isStochastic: Bool
  /// Whether it searches for seconds per slice; experiments score it on a limited number of scans.
  public var isSlowSearch: Bool
  /// Whether its state is an encoder and a decoder of one `NetworkSettings` at `model.network`, which ONNX
  /// can hold.
  public var exportsONNX: Bool
  /// Whether it learns tissues, whose labels only the synthetic slices of anatomies have.
  public var needsAnatomies: Bool

  /// The defaults are those of a network that is trained.
  public init(
    isStochastic: Bool = true, isSlowSearch: Bool = false, exportsONNX: Bool = false,
    needsAnatomies: Bool = false
  ) {
    self.isStochastic = isStochastic
    self.isSlowSearch = isSlowSearch
    self.exportsONNX = exportsONNX
    self.needsAnatomies = needsAnatomies
  }
}

/// A registered method: its name, its presets, its settings and how to build it.
public struct MethodEntry: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line for listings.
  public let summary: String
  /// Whether it must be shown lesions with their masks, drawn or painted.
  public let learnsFromLesions: Bool
  /// What tables, plots and commands need to know about it.
  public let metadata: MethodMetadata
  /// Its starting configurations.
  public let presets: [Preset]
  private let asksForZScores: @Sendable (ConfigurationNode) throws -> Bool
  private let makeDefaults: @Sendable () throws -> ConfigurationNode
  private let overlay: @Sendable (ConfigurationNode, ConfigurationNode) throws -> ConfigurationNode
  private let build: @Sendable (ConfigurationNode, MethodContext) throws -> any Method

  /// The entry of a method.
  public init<M: Method>(_ method: M.Type) {
    name = M.name
    summary = M.summary
    learnsFromLesions = M.learnsFromLesions
    metadata = M.metadata
    presets = M.presets
    asksForZScores = { try M.needsZScores(M.ModelSettings(strict: $0, path: "model")) }
    makeDefaults = { try ConfigurationNode(encoding: M.ModelSettings()) }
    overlay = { layer, base in
      let settings = try M.ModelSettings(
        strict: layer, over: M.ModelSettings(strict: base, path: "model"), path: "model")
      return try ConfigurationNode(encoding: settings)
    }
    build = { node, context in
      try M(settings: M.ModelSettings(strict: node, path: "model"), context: context)
    }
  }

  /// The method's default settings.
  public var defaults: ConfigurationNode { get throws { try makeDefaults() } }

  /// Returns `base` with the values of `layer`.
  ///
  /// - Throws: A ``ConfigurationError`` for unknown keys, wrong types and values out of range.
  public func resolve(_ layer: ConfigurationNode, _ base: ConfigurationNode) throws -> ConfigurationNode {
    try overlay(layer, base)
  }

  /// Whether the method with these settings computes with z-scores.
  package func needsZScores(model: ConfigurationNode) throws -> Bool { try asksForZScores(model) }

  /// Builds the method.
  ///
  /// - Throws: A ``ConfigurationError`` for settings out of range, or a `TensorError`.
  public func make(model: ConfigurationNode, context: MethodContext) throws -> any Method {
    try build(model, context)
  }
}
