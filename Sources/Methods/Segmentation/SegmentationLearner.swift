import Tensors

/// A U-Net that learns which pixels are anomalous from slices and what surrounds them.
///
/// The loss is the cross-entropy of the logits, averaged over the brain, plus 1 - soft Dice of each slice.
/// The map is the logit above a floor that is far below any threshold, so that it orders pixels as the
/// network does.
final class SegmentationLearner: StatefulModule {
  private let settings: SegmenterSettings
  private let slices: SliceContext
  private let network: AveragedNetwork

  init(settings: SegmenterSettings, context: MethodContext) throws {
    self.settings = settings
    let slices = try SliceContext(channels: settings.context, context: context)
    self.slices = slices
    network = try AveragedNetwork(weightDecay: settings.weightDecay, averaging: settings.averaging) {
      try SegmentationNetwork(
        settings: settings.network, position: settings.position, channels: slices.count, context: context)
    }
  }

  /// A change of slices before a network sees them.
  typealias Change = (ContextBatch) throws -> ContextBatch

  /// One update with the slices as `change` makes them. Returns the losses before it.
  func learn(_ batch: Batch, _ context: StepContext, change: Change) throws -> Losses {
    try slices.learn(batch)
    let shown = try change(slices.addingNormal(to: batch))
    return try network.learn(context) { learner in
      let logits = try learner(shown.batch, maps: slices.maps(of: shown), training: true)
      return try Self.terms(
        shown.batch, logits, positiveWeight: settings.positiveWeight, shard: context.shard)
    }
  }

  /// Losses of the averaged network with the slices as `change` makes them.
  func losses(_ batch: Batch, change: Change = { $0 }) throws -> Losses {
    try withoutGradients {
      let shown = try change(slices.addingNormal(to: batch))
      return try Self.terms(shown.batch, logits(shown), positiveWeight: settings.positiveWeight).values()
    }
  }

  /// The score from the mean of the logits of a slice and of its mirror image.
  func score(_ batch: Batch) throws -> AnomalyScore {
    try withoutGradients {
      let shown = try slices.addingNormal(to: batch)
      let logits = try (logits(shown) + logits(shown.flipped()).flip([3])) * 0.5
      return AnomalyScore(map: try (logits - Float(settings.floor)).relu() * batch.brain)
    }
  }

  private func logits(_ shown: ContextBatch) throws -> Tensor {
    try network.average(shown.batch, maps: slices.maps(of: shown), training: false)
  }

  /// The loss of the logits against the labels of the batch.
  static func terms(
    _ batch: Batch, _ logits: Tensor, positiveWeight: Double, diceWeight: Double = 1,
    shard: BatchShard? = nil
  ) throws -> LossTerms {
    let brain = batch.brain, labels = try batch.labels()
    var terms = try LossTerms(
      "cross_entropy",
      Loss.bceWithLogits(
        logits, labels, weights: brain, positiveWeight: Float(positiveWeight), reduction: .sum)
        / brain.pixels(shard))
    try terms.add("dice", Loss.softDice(logits.sigmoid() * brain, labels), weight: diceWeight)
    return terms
  }

  /// The moments are counted over the slices of one process.
  var reasonItCannotBeDistributed: String? { slices.needsMoments ? "model.context=normative" : nil }

  var trainingModules: ModuleTree { network.trainingModules }

  /// The weights of the average and the normal values, if they are learned.
  var state: [String: Tensor] {
    get throws { try network.state.merging(contextModules.state) }
  }

  func load(_ state: [String: Tensor]) throws {
    let prefix = "\(Self.contextName)."
    try contextModules.load(state.filter { $0.key.hasPrefix(prefix) })
    try network.load(state.filter { !$0.key.hasPrefix(prefix) })
  }

  private static let contextName = "normal"
  private var contextModules: ModuleTree { slices.needsMoments ? [Self.contextName: slices] : [:] }
}

/// A method that scores with what its ``SegmentationLearner`` has learned; such methods differ in what they
/// show it.
protocol SegmentationMethod: NetworkMethod {
  var segmenter: SegmentationLearner { get }
}

extension SegmentationMethod {
  static func needsZScores(_ settings: ModelSettings) -> Bool { true }
  var reasonItCannotBeDistributed: String? { segmenter.reasonItCannotBeDistributed }
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore { try segmenter.score(batch) }
  var scoringModules: any StatefulModule { segmenter }
  var trainingModules: any StatefulModule { segmenter.trainingModules }
}
