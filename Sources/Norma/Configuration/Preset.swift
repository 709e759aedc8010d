/// A named starting configuration.
public struct Preset: Hashable, Sendable {
  /// The name that `--preset` takes.
  public let name: String
  /// One line for `--help` and the docs.
  public let summary: String
  /// The keys that differ from the method's defaults, as YAML.
  public let yaml: String

  /// The preset's keys as a tree.
  public var node: ConfigurationNode {
    get throws { try ConfigurationNode(yaml: yaml, source: "preset \(name)") }
  }

  /// The preset of that name; throws ``ConfigurationError/unknownName(kind:name:known:)``.
  public static func named(_ name: String) throws -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw ConfigurationError.unknownName(kind: "preset", name: name, known: all.map(\.name))
    }
    return preset
  }

  /// Every preset, in the order of the documentation.
  public static let all = [
    Preset(
      name: "brightness", summary: "robust z-score of the brightness inside the brain; learns nothing",
      yaml: """
        method: brightness
        training: {epochs: 0}
        """),
    Preset(
      name: "normative", summary: "voxel-wise z-score against mean and sd of the smoothed training slices",
      yaml: """
        method: normative
        training: {epochs: 1, mirror: 0}
        """),
    Preset(
      name: "dense-vae",
      summary: "variational autoencoder with a flattened code (Baur et al. 2018) at 128x128",
      yaml: """
        method: vae
        model: {code: dense}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "spatial-vae", summary: "variational autoencoder whose code is an 8x8x64 tensor, at 128x128",
      yaml: """
        method: vae
        model: {code: spatial}
        training: {epochs: 20}
        scoring: {normalization: deviation}
        """),
  ]
}
