import Volumes

/// Compares called masks of one case with its lesions; what only the lesions decide is computed once.
struct MaskComparison {
  private let input: CaseInput
  private let minimumVoxels: Double
  private let detail: Evaluator.Detail
  private let lesions: Regions
  private let surface: SurfaceDistances?

  init(_ input: CaseInput, minimumLesionSize: Double, detail: Evaluator.Detail) {
    (self.input, self.detail) = (input, detail)
    minimumVoxels = minimumLesionSize / input.map.geometry.voxelVolume
    let isFull = detail == .full
    lesions = isFull ? Regions(of: input.lesion) : .none
    surface = isFull ? SurfaceDistances(lesion: input.lesion, region: input.brain) : nil
  }

  /// Drops small regions of what exceeds the threshold and compares the rest.
  func compare(_ exceeding: Mask) -> (figures: Evaluation.Case.AtPoint, counts: MeasuredCase.Counts) {
    let threshold = input.overlap(exceeding)
    var predicted = exceeding, regions: Regions?
    if detail == .full || minimumVoxels > 0 {
      let kept = Regions(of: exceeding, minimumVoxels: minimumVoxels)
      predicted.voxels = kept.labels.map { $0 == 0 ? 0 : 1 }
      regions = kept
    }
    let overlap = minimumVoxels > 0 ? input.overlap(predicted) : threshold
    let lesionCounts = detail == .full ? regions.map(compare) : nil
    let distances = surface?.compare(predicted)
    let predictedVoxels = overlap.truePositives + overlap.falsePositives
    let figures = Evaluation.Case.AtPoint(
      observedFPR: threshold.falsePositiveRate, dice: overlap.dice, recall: overlap.recall,
      precision: overlap.precision, absoluteVolumeDifference: overlap.absoluteVolumeDifference,
      predictedVolume: Double(predictedVoxels) * input.map.geometry.voxelVolume / 1000,
      predictedRegions: detail == .full ? regions?.count : nil, hd95: distances?.hd95,
      surfaceDice: distances?.surfaceDice, lesionRecall: lesionCounts?.recall, lesionF1: lesionCounts?.f1)
    return (figures, MeasuredCase.Counts(threshold: threshold, mask: overlap, lesions: lesionCounts))
  }

  private func compare(_ predicted: Regions) -> LesionCounts {
    LesionCounts(lesions: lesions, predicted: predicted, sizePerVoxel: input.map.geometry.lesionSizePerVoxel)
  }
}
