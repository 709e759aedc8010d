import Tensors

/// A U-Net that is shown lesions and their masks (Decisions/0014-labels.md): the ceiling of the methods that learn
/// without, or the student of one of them.
final class SupervisedSegmenter: SegmentationMethod {
  static let name = "supervised"
  static let summary = "U-Net trained with lesion masks: what labels would buy"
  static let learnsFromLesions = true

  private let augmentation: SliceAugmentation
  let segmenter: SegmentationLearner

  init(settings: SegmenterSettings, context: MethodContext) throws {
    augmentation = settings.augmentation
    segmenter = try SegmentationLearner(settings: settings, context: context)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    let seeds = try context.seeds(count: batch.count)
    return try segmenter.learn(batch, context) { try augmentation.augment($0, seeds: seeds) }
  }

  func validationLosses(_ batch: Batch) throws -> Losses? { try segmenter.losses(batch) }
}
