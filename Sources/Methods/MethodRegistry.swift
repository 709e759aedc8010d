import StrictSettings

/// The methods that configurations can name. The registry is also the test matrix.
public enum MethodRegistry {
  private static let builtIn: Void = MethodCatalogue.add([
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
    MethodEntry(LesionTissue.self),
    MethodEntry(Ensemble.self),
  ])

  /// Every method, built-in ones first.
  public static var entries: [MethodEntry] {
    builtIn
    return MethodCatalogue.entries
  }

  /// Adds a method of your own, or replaces the one of the same name.
  public static func register(_ method: (some Method).Type) {
    builtIn
    MethodCatalogue.add([MethodEntry(method)])
  }

  /// Returns the method of that name.
  ///
  /// - Throws: ``ConfigurationError/unknownName(kind:name:known:)``.
  public static func entry(_ name: String) throws -> MethodEntry {
    builtIn
    return try MethodCatalogue.entry(name)
  }
}

extension Preset {
  /// The presets of all methods in the order of the registry, then those at the scale of the paper.
  public static var all: [Preset] {
    let presets = MethodRegistry.entries.flatMap(\.presets)
    return presets + presets.filter { $0.role == .paper }.map(\.atPaperScale)
  }

  /// Returns the preset of that name.
  ///
  /// - Throws: ``ConfigurationError/unknownName(kind:name:known:)``.
  public static func named(_ name: String) throws -> Preset {
    let all = all
    guard let preset = all.first(where: { $0.name == name }) else {
      throw ConfigurationError.unknownName(kind: "preset", name: name, known: all.map(\.name))
    }
    return preset
  }
}
