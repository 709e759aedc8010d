public import StrictSettings

/// A named starting configuration.
public struct Preset: Hashable, Sendable {
  /// The name that `--preset` takes.
  public let name: String
  /// One line for `--help` and the docs.
  public let summary: String
  /// The keys that differ from the method's defaults, as YAML texts, the later ones winning.
  public let layers: [String]

  /// The preset's keys as trees.
  public var nodes: [ConfigurationNode] {
    get throws { try layers.map { try ConfigurationNode(yaml: $0, source: "preset \(name)") } }
  }

  private init(name: String, summary: String, yaml: String) {
    self.init(name: name, summary: summary, layers: [yaml])
  }

  private init(name: String, summary: String, layers: [String]) {
    (self.name, self.summary, self.layers) = (name, summary, layers)
  }

  /// The preset of that name; throws ``ConfigurationError/unknownName(kind:name:known:)``.
  public static func named(_ name: String) throws -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw ConfigurationError.unknownName(kind: "preset", name: name, known: all.map(\.name))
    }
    return preset
  }

  /// Every preset, in the order of the documentation: at 128 pixels, then at the 256 of the paper.
  public static let all = baselines + networks + comparators + segmenters + networks.map(\.atPaperScale)

  private static let baselines = [
    Preset(
      name: "brightness", summary: "robust z-score of the brightness inside the brain; learns nothing",
      yaml: """
        method: brightness
        training: {epochs: 0}
        """),
    Preset(
      name: "equalized-brightness",
      summary: "histogram-equalised brightness with median and component filter (Meissen et al. 2021)",
      yaml: """
        method: brightness
        recipe: {normalization: equalized}
        training: {epochs: 0}
        scoring: {minimumLesionSize: 10}
        """),
    Preset(
      name: "smooth-brightness",
      summary: "mean of the brightness smoothed by 1.5 and 4.5 mm, for lesions of any size; learns nothing",
      yaml: """
        method: brightness
        model: {sigmas: [1, 3]}
        training: {epochs: 0}
        scoring: {median: 1}
        """),
    Preset(
      name: "normative", summary: "voxel-wise z-score against mean and sd of the smoothed training slices",
      yaml: """
        method: normative
        training: {epochs: 1, mirror: 0}
        """),
    Preset(
      name: "normative-whole-brain",
      summary:
        "the same level by level, from the lesion-free voxels of few people, mirrored to make more of them",
      yaml: """
        method: normative
        model: {sigma: 0.7, zSpacing: 3, shrinkage: 32, minimumCount: 2}
        training: {epochs: 2, mirror: 0.5, exclusion: voxels}
        """),
  ]

  private static let networks = [
    Preset(
      name: "dense-ae", summary: "autoencoder with a flattened code (Baur et al. 2018)",
      yaml: """
        method: autoencoder
        model: {network: {code: dense}}
        training: {epochs: 40}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "dense-vae", summary: "variational autoencoder with a flattened code (Baur et al. 2018)",
      yaml: """
        method: vae
        model: {network: {code: dense}}
        training: {epochs: 40}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "spatial-ae", summary: "autoencoder whose code is a small image (Baur et al. 2018)",
      yaml: """
        method: autoencoder
        model: {network: {code: spatial}}
        training: {epochs: 20}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "spatial-vae", summary: "variational autoencoder whose code is a small image (Baur et al. 2018)",
      yaml: """
        method: vae
        model: {network: {code: spatial}}
        training: {epochs: 20}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "anovaegan",
      summary: "spatial variational autoencoder trained against a critic (Baur et al. 2018)",
      yaml: """
        method: anovaegan
        model: {critic: {channels: [16, 32, 64, 64], steps: 2}}
        training: {epochs: 20, learningRate: 5e-4}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "anogan",
      summary: "generative adversarial network with a search over codes (Schlegl et al. 2017)",
      yaml: """
        method: anogan
        training: {epochs: 30, learningRate: 2e-4, finalLearningRate: 2e-4}
        scoring: {normalization: deviation}
        """),
    Preset(
      name: "f-anogan", summary: "generative adversarial network with an encoder (Schlegl et al. 2019)",
      yaml: """
        method: f-anogan
        model: {critic: {channels: [16, 32, 64, 64], steps: 2}}
        training: {epochs: 30, learningRate: 2e-4, finalLearningRate: 2e-4}
        scoring: {normalization: deviation}
        """),
  ]

  private static let comparators = [
    Preset(
      name: "denoising",
      summary: "U-Net that removes coarse noise from lesion-free slices (Kascenas et al. 2022)",
      yaml: """
        method: denoising
        training: {epochs: 60, batchSize: 16}
        """),
    Preset(
      name: "restoration",
      summary: "slices changed into ones that a variational autoencoder finds likelier (You et al. 2019)",
      yaml: """
        method: restoration
        model: {network: {code: dense}}
        training: {epochs: 40}
        """),
  ]

  private static let segmenters = [
    Preset(
      name: "synthetic", summary: "U-Net trained on anomalies that are painted into lesion-free slices",
      yaml: """
        method: synthetic
        training: {epochs: 45, batchSize: 16, learningRate: 2e-3}
        scoring: {median: 1, erosion: 0}
        """),
    Preset(
      name: "supervised", summary: "the same network trained with lesion masks: what labels would buy",
      yaml: """
        method: supervised
        training: {epochs: 45, batchSize: 16, learningRate: 2e-3, exclusion: none}
        scoring: {median: 1, erosion: 0}
        """),
    Preset(
      name: "ensemble", summary: "weighted sum of the maps of several methods; here brightness and normative",
      yaml: """
        method: ensemble
        training: {epochs: 1, mirror: 0}
        """),
  ]

  /// The same method with the network, grid and schedule of Baur et al. 2018: 256 x 256 pixels, convolutions
  /// 64-128-256-512, a code of 16 x 16 x 64 or 512, 150 epochs.
  private var atPaperScale: Preset {
    let scale = """
      recipe: {gridSize: 256, gridSpacing: 0.75}
      model:
        network: {stem: true, channels: [64, 128, 256, 512], activation: relu, denseSize: 512}
      training: {epochs: 150}
      """
    return Preset(name: "\(name)-256", summary: "\(summary), at 256x256", layers: layers + [scale])
  }
}
