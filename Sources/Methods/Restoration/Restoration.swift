import StrictSettings
import Tensors

/// Restoration by a variational autoencoder (You et al. 2019): a slice is changed step by step into one that the
/// autoencoder finds likelier, and what had to change is anomalous (Decisions/0015-classic-comparators.md).
///
/// Per slice x' minimises the autoencoder's loss of x' plus `weight` times the total variation of x' - x, by proximal
/// gradient steps from x. Nothing outside the brain is changed.
final class Restoration: SharedLearning {
  static let name = "restoration"
  static let summary =
    "slices changed into ones that a variational autoencoder finds likelier (You et al. 2019)"

  private let search: RestorationSearch
  private let context: MethodContext
  private let autoencoder: VariationalAutoencoder

  init(settings: RestorationSettings, context: MethodContext) throws {
    (search, self.context) = (settings.search, context)
    autoencoder = try VariationalAutoencoder(settings: settings.autoencoder, context: context)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses { try autoencoder.step(batch, context) }

  func validationLosses(_ batch: Batch) throws -> Losses? { try autoencoder.validationLosses(batch) }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    // Summed over the slices, so that none moves another.
    let restored = try search.restore(batch) {
      try autoencoder.network.scoringTerms($0, generator: generator).total * Float(batch.count)
    }
    return try AnomalyScore(batch, reconstruction: restored, residual: context.residual)
  }

  var state: [String: Tensor] { get throws { try autoencoder.state } }
  func load(state: [String: Tensor]) throws { try autoencoder.load(state: state) }
  var optimizerState: [String: Tensor] { autoencoder.optimizerState }
  func load(optimizerState: [String: Tensor]) throws { try autoencoder.load(optimizerState: optimizerState) }
}

/// Settings of the autoencoder and, beside them, of the search.
struct RestorationSettings: Settings {
  var autoencoder = VariationalAutoencoder.ModelSettings()
  var search = RestorationSearch()

  init() {}

  init(from decoder: any Swift.Decoder) throws {
    (autoencoder, search) = try (.init(from: decoder), .init(from: decoder))
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
