/// A U-Net that learns from lesions and their masks (Decisions/0014-labels.md): the ceiling of the methods
/// that learn without masks, or the student of one of them.
final class SupervisedSegmenter: SegmentationMethod {
  typealias ModelSettings = SegmenterSettings

  static let name = "supervised"
  static let summary = "U-Net trained with lesion masks: what labels would buy"
  static let learnsFromLesions = true
  static let presets = [
    Preset(
      "supervised", summary: "the same network trained with lesion masks: what labels would buy",
      role: .segmenter,
      yaml: """
        method: supervised
        training: {epochs: 45, batchSize: 16, learningRate: 2e-3, exclusion: none}
        scoring: {median: 1, erosion: 0}
        """)
  ]

  private let augmentation: SliceAugmentation
  let segmenter: SegmentationLearner

  init(settings: ModelSettings, context: MethodContext) throws {
    augmentation = settings.augmentation
    segmenter = try SegmentationLearner(settings: settings, context: context)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let seeds = try context.seeds(count: batch.count)
    return try segmenter.learn(batch, context) { try augmentation.augment($0, seeds: seeds) }
  }

  func validationLosses(_ batch: Batch) throws -> Losses? { try segmenter.losses(batch) }
}
