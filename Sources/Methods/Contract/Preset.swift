public import StrictSettings

/// A named starting configuration of a method.
public struct Preset: Hashable, Sendable {
  /// The part that a preset has in comparisons.
  public enum Role: String, Hashable, Sendable, CaseIterable {
    /// It learns nothing, and every other method is measured against it.
    case baseline
    /// A network of Baur et al. 2018, which exists at the scale of that paper too.
    case paper
    /// Another method that learns from lesion-free scans.
    case comparator
    /// It learns to segment, from painted anomalies or from lesion masks.
    case segmenter
  }

  /// The name that `--preset` takes.
  public let name: String
  /// The name in tables and plots.
  public let displayName: String
  /// One line for `--help` and the docs.
  public let summary: String
  /// The part it has in comparisons.
  public let role: Role
  /// Its row in the comparison of Baur et al. 2018, from 1; nil where it does not take part.
  public let comparisonRow: Int?
  /// The keys that differ from the method's defaults, as YAML texts, the later ones winning.
  public let layers: [String]

  /// The preset's keys as trees.
  public var nodes: [ConfigurationNode] {
    get throws { try layers.map { try ConfigurationNode(yaml: $0, source: "preset \(name)") } }
  }

  /// A preset; `yaml` names the method and the keys that differ from its defaults. Without a display name it
  /// is shown under its name.
  public init(
    _ name: String, shownAs displayName: String? = nil, summary: String, role: Role,
    comparisonRow: Int? = nil, yaml: String
  ) {
    self.init(name, displayName ?? name, summary, role, comparisonRow, layers: [yaml])
  }

  private init(
    _ name: String, _ displayName: String, _ summary: String, _ role: Role, _ comparisonRow: Int?,
    layers: [String]
  ) {
    self.name = name
    self.displayName = displayName
    self.summary = summary
    self.role = role
    self.comparisonRow = comparisonRow
    self.layers = layers
  }

  /// The same method with the network, grid and schedule of Baur et al. 2018: 256 x 256 pixels, convolutions
  /// 64-128-256-512, a latent space of 16 x 16 x 64 or 512, 150 epochs.
  var atPaperScale: Preset {
    let scale = """
      recipe: {gridSize: 256, gridSpacing: 0.75}
      model:
        network: {stem: true, channels: [64, 128, 256, 512], activation: relu, denseSize: 512}
      training: {epochs: 150}
      """
    let name = "\(name)-256"
    return Preset(name, name, "\(summary), at 256x256", role, nil, layers: layers + [scale])
  }
}
