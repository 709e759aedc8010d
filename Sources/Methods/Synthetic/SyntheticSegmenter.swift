/// A U-Net that learns to find anomalies painted into lesion-free slices
/// (Decisions/0012-synthetic-anomalies.md).
final class SyntheticSegmenter: SegmentationMethod {
  static let name = "synthetic"
  static let summary = "U-Net trained on anomalies that are painted into lesion-free slices"
  static let presets = [
    Preset(
      "synthetic", summary: summary, role: .segmenter,
      yaml: """
        method: synthetic
        training: {epochs: 45, batchSize: 16, learningRate: 2e-3}
        scoring: {median: 1, erosion: 0}
        """)
  ]

  private let settings: ModelSettings
  let segmenter: SegmentationLearner

  init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    segmenter = try SegmentationLearner(settings: settings.segmenter, context: context)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let painting = settings.painting
    let synthesis = AnomalySynthesis(
      tasks: painting.tasks, variations: painting.variations, variationShare: Float(painting.variationShare),
      labelsDarkening: painting.labelsDarkening, count: 0...painting.anomalies,
      augmentation: settings.segmenter.augmentation)
    let seeds = try context.seeds(count: batch.count)
    return try segmenter.learn(batch, context) {
      try synthesis.paint($0, seeds: seeds, following: context.shard?.following)
    }
  }

  func validationLosses(_ batch: Batch) throws -> Losses? {
    let painting = settings.painting
    let synthesis = AnomalySynthesis(
      tasks: painting.tasks, labelsDarkening: painting.labelsDarkening, count: 0...painting.anomalies)
    let losses = try (0..<painting.validationPaintings).map { number in
      let seeds = try batch.seeds(number: number)
      return try segmenter.losses(batch) { try synthesis.paint($0, seeds: seeds) }
    }
    return Losses(mean: losses)
  }
}
