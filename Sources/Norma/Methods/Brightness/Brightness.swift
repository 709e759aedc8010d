import Tensors

/// The bar without training: how much brighter than the brain's median a voxel is, in robust z.
final class Brightness: Method {
  struct ModelSettings: Settings {}

  static let name = "brightness"
  static let summary = "robust z-score of the brightness inside the brain; learns nothing"

  init(settings: ModelSettings, context: MethodContext) throws {}

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses { Losses(total: 0) }
  func validationLosses(_ batch: Batch) throws -> Losses? { Losses(total: 0) }

  /// The recipe has scaled brightness to 0.5 + z / 10.
  func score(_ batch: Batch, draws: Generator?) throws -> AnomalyScore {
    AnomalyScore(map: try ((batch.images - 0.5) * 10).relu() * batch.brain)
  }

  let state: [String: Tensor] = [:]
  func load(state: [String: Tensor]) throws {}
}
