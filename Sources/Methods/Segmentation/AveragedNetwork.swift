import Tensors

/// A segmentation network that learns, and the moving average of its weights, which scores.
final class AveragedNetwork: StatefulModule {
  /// The network that scores.
  let average: SegmentationNetwork
  private let learner: SegmentationNetwork
  private let optimizer: Adam
  private let movingAverage: ExponentialMovingAverage

  /// `make` builds the same untrained network each time.
  init(weightDecay: Double, averaging: Double, _ make: () throws -> SegmentationNetwork) throws {
    learner = try make()
    average = try make()
    movingAverage = ExponentialMovingAverage(average.parameters, of: learner.parameters, decay: averaging)
    optimizer = try Adam(
      learner.parameters.namedParameters, learningRate: 1e-3, weightDecay: weightDecay, decoupled: true)
  }

  /// One update by AdamW with the losses of the network that learns. Returns the losses before it.
  func learn(
    _ context: StepContext, terms: (SegmentationNetwork) throws -> LossTerms
  ) throws -> Losses {
    let losses = try optimizer.minimize(terms(learner), context)
    try movingAverage.update(step: optimizer.stepCount)
    return losses
  }

  var trainingModules: ModuleTree { ["optimizer": optimizer, "learner": learner.parameters] }

  /// The weights of the average.
  var state: [String: Tensor] { average.parameters.state }

  func load(_ state: [String: Tensor]) throws {
    try average.parameters.load(state)
    try learner.parameters.load(state)
  }
}
