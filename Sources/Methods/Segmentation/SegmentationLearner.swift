import Tensors

/// A U-Net that learns which pixels are anomalous, and the moving average of its weights, which scores.
///
/// Loss: cross-entropy of the logits, averaged over the brain, plus one minus the soft Dice overlap of a slice. The
/// map is the logit above a floor far below any threshold, so that it orders pixels as the network does.
final class SegmentationLearner {
  private let settings: SegmenterSettings
  private var slices: SliceContext
  private let learner, average: SegmentationNetwork
  private let optimizer: Adam
  private let movingAverage: ExponentialMovingAverage

  init(settings: SegmenterSettings, context: MethodContext) throws {
    self.settings = settings
    let slices = try SliceContext(channels: settings.context, context: context)
    self.slices = slices
    func network() throws -> SegmentationNetwork {
      try SegmentationNetwork(
        settings: settings.network, position: settings.position, channels: slices.count, context: context)
    }
    (learner, average) = (try network(), try network())
    movingAverage = ExponentialMovingAverage(
      average.parameters, of: learner.parameters, decay: settings.averaging)
    optimizer = try Adam(
      learner.parameters.namedParameters, learningRate: 1e-3, weightDecay: settings.weightDecay,
      decoupled: true)
  }

  /// One update with what `change` makes of the slices; the losses are those before it.
  func learn(_ batch: Batch, _ context: StepContext, change: (Batch) throws -> Batch) throws -> Losses {
    try slices.learn(batch)
    let batch = try change(slices.placed(batch))
    let losses = try optimizer.minimize(
      Self.terms(
        batch, learner(batch, maps: slices.maps(of: batch), training: true),
        positiveWeight: settings.positiveWeight, share: context.share), context)
    try movingAverage.update(step: optimizer.stepCount)
    return losses
  }

  /// Losses of the average with what `change` makes of the slices.
  func losses(_ batch: Batch, change: (Batch) throws -> Batch = { $0 }) throws -> Losses {
    try withoutGradients {
      let batch = try change(slices.placed(batch))
      return try Self.terms(batch, logits(batch), positiveWeight: settings.positiveWeight).values()
    }
  }

  /// From the mean of the logits of a slice and of its mirror image.
  func score(_ batch: Batch) throws -> AnomalyScore {
    try withoutGradients {
      let batch = try slices.placed(batch)
      let logits = try (logits(batch) + logits(batch.flipped()).flip([3])) * 0.5
      return AnomalyScore(map: try (logits - Float(settings.floor)).relu() * batch.brain)
    }
  }

  private func logits(_ batch: Batch) throws -> Tensor {
    try average(batch, maps: slices.maps(of: batch), training: false)
  }

  /// How far the logits are from the labels of the batch.
  static func terms(
    _ batch: Batch, _ logits: Tensor, positiveWeight: Double, share: BatchShard? = nil
  ) throws -> LossTerms {
    let brain = batch.brain, labels = try batch.labels()
    var terms = try LossTerms(
      "cross_entropy",
      Loss.bceWithLogits(
        logits, labels, weights: brain, positiveWeight: Float(positiveWeight), reduction: .sum)
        / batch.pixels(share))
    try terms.add("dice", Loss.softDice(logits.sigmoid() * brain, labels))
    return terms
  }

  /// What is normal is counted slice by slice, not in shares.
  var obstacle: String? { slices.needsMoments ? "model.context=normative" : nil }

  private static let momentsPrefix = "normal"

  var state: [String: Tensor] {
    get throws {
      let weights = average.parameters.state
      return slices.needsMoments
        ? weights.joined(try slices.moments.state.prefixed(Self.momentsPrefix)) : weights
    }
  }

  func load(state: [String: Tensor]) throws {
    var weights = state
    if slices.needsMoments {
      let prefix = "\(Self.momentsPrefix)."
      let moments = state.filter { $0.key.hasPrefix(prefix) }
      try moments.give(to: [(Self.momentsPrefix, { try self.slices.loadMoments($0) })])
      weights = state.filter { !$0.key.hasPrefix(prefix) }
    }
    try average.parameters.load(weights)
    try learner.parameters.load(weights)
  }

  var optimizerState: [String: Tensor] {
    optimizer.state().prefixed("optimizer").joined(learner.parameters.state.prefixed("learner"))
  }

  func load(optimizerState: [String: Tensor]) throws {
    try optimizerState.give(to: [("optimizer", optimizer.load), ("learner", learner.parameters.load)])
  }
}

/// A method that is what its ``SegmentationLearner`` has learned; such methods differ in what it is shown.
protocol SegmentationMethod: SharedLearning {
  var segmenter: SegmentationLearner { get }
}

extension SegmentationMethod {
  var obstacle: String? { segmenter.obstacle }
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore { try segmenter.score(batch) }
  var state: [String: Tensor] { get throws { try segmenter.state } }
  func load(state: [String: Tensor]) throws { try segmenter.load(state: state) }
  var optimizerState: [String: Tensor] { segmenter.optimizerState }
  func load(optimizerState: [String: Tensor]) throws { try segmenter.load(optimizerState: optimizerState) }
}
