import StrictSettings
import Tensors

/// Restoration with a variational autoencoder (You et al. 2019): a slice is changed step by step into one
/// with a smaller loss, and the change is the anomaly (Decisions/0015-classic-comparators.md).
///
/// Per slice x' minimises the autoencoder's loss of x' plus `weight` times the total variation of x' - x, by
/// proximal gradient steps from x. Nothing outside the brain is changed.
final class Restoration: NetworkMethod {
  static let name = "restoration"
  static let summary =
    "slices changed into ones that a variational autoencoder finds likelier (You et al. 2019)"
  static let presets = [
    Preset(
      "restoration", summary: summary, role: .comparator,
      yaml: """
        method: restoration
        model: {network: {code: dense}}
        training: {epochs: 40}
        """)
  ]

  private let search: RestorationSearch
  private let residual: Residual
  private let network: VariationalNetwork
  private let optimizer: Adam

  init(settings: ModelSettings, context: MethodContext) throws {
    search = settings.search
    residual = context.residual
    network = try VariationalNetwork(settings: settings.autoencoder, context: context)
    optimizer = try Adam(
      network.parameters.namedParameters, learningRate: 1e-3, betas: (settings.autoencoder.beta1, 0.999))
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try optimizer.minimize(network.sampled(batch, context.generator).terms, context)
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    try withoutGradients { try network.scoringTerms(batch, generator: nil).values() }
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    // The loss is summed over the slices, so that no slice moves another.
    let restored = try search.restore(batch) {
      try network.scoringTerms($0, generator: generator).total * Float(batch.count)
    }
    return try AnomalyScore(batch, reconstruction: restored, residual: residual)
  }

  var scoringModules: any StatefulModule { network.parameters }
  var trainingModules: any StatefulModule { optimizer }
}

extension Restoration {
  /// Settings of the autoencoder and of the search, in one group.
  struct ModelSettings: Settings {
    var autoencoder = VariationalSettings()
    var search = RestorationSearch()

    init() {}

    init(from decoder: any Swift.Decoder) throws {
      autoencoder = try VariationalSettings(from: decoder)
      search = try RestorationSearch(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
      try autoencoder.encode(to: encoder)
      try search.encode(to: encoder)
    }

    func validate(path: String) throws {
      try autoencoder.validate(path: path)
      try search.validate(path: path)
    }
  }
}
