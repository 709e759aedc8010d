import Foundation
import Tensors

/// A U-Net that learns to find what was painted into lesion-free slices (Decisions/0012-synthetic-anomalies.md).
///
/// Loss: cross-entropy of the logits, averaged over the brain, plus one minus the soft Dice overlap of a slice. The
/// map is the logit above a floor far below any threshold, so that it orders pixels as the network does.
final class SyntheticSegmenter: Method {
  static let name = "synthetic"
  static let summary = "U-Net trained on anomalies that are painted into lesion-free slices"

  private let settings: SyntheticSettings
  /// The weights that are updated, and their moving average, which scores.
  private let learner, average: SegmentationNetwork
  private let optimizer: Adam

  init(settings: SyntheticSettings, context: MethodContext) throws {
    self.settings = settings
    (learner, average) = try (
      SegmentationNetwork(settings: settings.network, position: settings.position, context: context),
      SegmentationNetwork(settings: settings.network, position: settings.position, context: context)
    )
    optimizer = try Adam(
      learner.parameters.namedParameters, learningRate: 1e-3, weightDecay: settings.weightDecay,
      decoupled: true)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let synthesis = AnomalySynthesis(
      tasks: settings.tasks, variations: settings.variations, variationShare: Float(settings.variationShare),
      count: 0...settings.anomalies, augmentation: settings.augmentation)
    let painted = try synthesis(batch, seeds: Self.seeds(context.generator, count: batch.count))
    let losses = try optimizer.minimize(terms(painted, learner(painted.batch, training: true)), context)
    try follow()
    return losses
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    let tasks = settings.validationTasks.isEmpty ? settings.tasks : settings.validationTasks
    let synthesis = AnomalySynthesis(tasks: tasks, count: 0...settings.anomalies)
    return try withoutGradients {
      let losses = try (0..<settings.validationPaintings).map { painting in
        let painted = try synthesis(batch, seeds: Self.seeds(of: batch, painting: painting))
        return try terms(painted, average(painted.batch, training: false)).values()
      }
      return Losses(mean: losses)
    }
  }

  func score(_ batch: Batch, draws: Generator?) throws -> AnomalyScore {
    try withoutGradients {
      let logits = try average.mirrorAveraged(batch)
      return AnomalyScore(map: try (logits - Float(settings.floor)).relu() * batch.brain)
    }
  }

  private func terms(_ painted: PaintedBatch, _ logits: Tensor) throws -> LossTerms {
    try Self.terms(painted, logits, positiveWeight: settings.positiveWeight)
  }

  /// How far the logits are from what was painted.
  static func terms(_ painted: PaintedBatch, _ logits: Tensor, positiveWeight: Double) throws -> LossTerms {
    let brain = painted.batch.brain
    var terms = try LossTerms(
      "cross_entropy",
      Loss.bceWithLogits(
        logits, painted.labels, weights: brain, positiveWeight: Float(positiveWeight),
        reduction: .sum) / brain.sum().clamp(min: 1))
    try terms.add("dice", Loss.softDice(logits.sigmoid() * brain, painted.labels))
    return terms
  }

  /// Moves the average; while there are few steps to average over, faster.
  private func follow() throws {
    let steps = Double(try optimizer.stepCount)
    let decay = min(settings.averaging, steps / (steps + 9))
    try withoutGradients {
      for (mean, weights) in zip(average.parameters.parameters, learner.parameters.parameters) {
        try mean.lerp_(weights, share: Float(1 - decay))
      }
    }
  }

  /// One seed a slice, from the step's draws.
  private static func seeds(_ generator: Generator, count: Int) throws -> [UInt64] {
    let draw = try Tensor.rand([2], generator: generator).values().map { UInt64($0 * 0x1p24) }
    return (0..<count).map { index in
      var seeds = SeededGenerator(seed: draw[0] << 24 | draw[1], place: UInt64(index))
      return seeds.next()
    }
  }

  /// From the pixels: a validation slice is painted alike in every epoch and batch.
  private static func seeds(of batch: Batch, painting: Int) throws -> [UInt64] {
    try (0..<batch.count).map { index in
      let digest = try Digest.of(batch.images.select(0, index).bytes().withUnsafeBytes { Data($0) })
      var seeds = SeededGenerator(seed: UInt64(digest.prefix(16), radix: 16) ?? 0, place: UInt64(painting))
      return seeds.next()
    }
  }

  private func networkTensors(_ network: SegmentationNetwork) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: network.parameters.namedTensors())
  }

  var state: [String: Tensor] { get throws { networkTensors(average) } }

  func load(state: [String: Tensor]) throws {
    try average.parameters.load(state)
    try learner.parameters.load(state)
  }

  var optimizerState: [String: Tensor] {
    optimizer.state().prefixed("optimizer").joined(networkTensors(learner).prefixed("learner"))
  }

  func load(optimizerState: [String: Tensor]) throws {
    try optimizerState.give(to: [("optimizer", optimizer.load), ("learner", learner.parameters.load)])
  }
}
