public import StrictSettings
import Synchronization
import Tensors

/// The methods that configurations can name. The registry is also the test matrix.
public enum MethodRegistry {
  private static let registered = Mutex<[MethodEntry]>([
    MethodEntry(Brightness.self),
    MethodEntry(NormativeMap.self),
    MethodEntry(Autoencoder.self),
    MethodEntry(VariationalAutoencoder.self),
    MethodEntry(AnoVAEGAN.self),
    MethodEntry(AnoGAN.self),
    MethodEntry(FastAnoGAN.self),
    MethodEntry(DenoisingAutoencoder.self),
    MethodEntry(Restoration.self),
    MethodEntry(SyntheticSegmenter.self),
    MethodEntry(SupervisedSegmenter.self),
    MethodEntry(Ensemble.self),
  ])

  /// Every method, built-in ones first.
  public static var entries: [MethodEntry] { registered.withLock { $0 } }

  /// Adds a method of your own, or replaces the one of the same name.
  public static func register(_ method: (some Method).Type) {
    let entry = MethodEntry(method)
    registered.withLock { entries in
      entries.removeAll { $0.name == entry.name }
      entries.append(entry)
    }
  }

  /// The method of that name; throws ``ConfigurationError/unknownName(kind:name:known:)``.
  public static func entry(_ name: String) throws -> MethodEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw ConfigurationError.unknownName(kind: "method", name: name, known: entries.map(\.name))
    }
    return entry
  }
}

/// A registered method: its name, its settings and how to build it.
public struct MethodEntry: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line for listings.
  public let summary: String
  /// Whether it must be shown lesions with their masks.
  public let learnsFromLesions: Bool
  private let asksForZScores: @Sendable (ConfigurationNode) throws -> Bool
  private let makeDefaults: @Sendable () throws -> ConfigurationNode
  private let overlay: @Sendable (ConfigurationNode, ConfigurationNode) throws -> ConfigurationNode
  private let build: @Sendable (ConfigurationNode, MethodContext) throws -> any Method

  package init<M: Method>(_ method: M.Type) {
    name = M.name
    summary = M.summary
    learnsFromLesions = M.learnsFromLesions
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

  /// `layer` laid over `base`, checked strictly.
  public func resolve(_ layer: ConfigurationNode, _ base: ConfigurationNode) throws -> ConfigurationNode {
    try overlay(layer, base)
  }

  /// Whether the method with these settings computes with z-scores.
  package func needsZScores(model: ConfigurationNode) throws -> Bool { try asksForZScores(model) }

  /// Builds the method; throws for settings out of range.
  public func make(model: ConfigurationNode, context: MethodContext) throws -> any Method {
    try build(model, context)
  }
}
