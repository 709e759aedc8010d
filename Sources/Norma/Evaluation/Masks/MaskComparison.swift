import Volumes

/// Compares predicted masks of one case with its lesions, about which everything is computed once.
struct MaskComparison {
  private let input: CaseInput
  private let minimumLesionSize: Double
  /// Nil in a ranking.
  private let lesions: Components?
  /// Nil in a ranking and without lesions.
  private let surface: SurfaceDistances?

  init(_ input: CaseInput, minimumLesionSize: Double, detail: Evaluator.Detail) {
    (self.input, self.minimumLesionSize) = (input, minimumLesionSize)
    let isFull = detail == .full
    lesions = isFull ? input.lesion.components() : nil
    surface = isFull ? SurfaceDistances(lesion: input.lesion, region: input.brain) : nil
  }

  /// Drops small regions of the voxels that exceed the threshold and compares the rest.
  func compare(_ exceeding: Mask) -> (figures: Evaluation.Case.AtPoint, counts: MeasuredCase.Counts) {
    let threshold = input.overlap(exceeding)
    var predicted = exceeding, lesionCounts: LesionCounts?
    if lesions != nil || minimumLesionSize > 0 {
      let regions = exceeding.components(minimumVolume: minimumLesionSize)
      predicted = regions.mask
      lesionCounts = lesions.map { LesionCounts(lesions: $0, predicted: regions) }
    }
    let overlap = minimumLesionSize > 0 ? input.overlap(predicted) : threshold
    let distances = surface?.compare(predicted)
    let predictedVoxels = overlap.truePositives + overlap.falsePositives
    let figures = Evaluation.Case.AtPoint(
      observedFPR: threshold.falsePositiveRate, dice: overlap.dice, recall: overlap.recall,
      precision: overlap.precision, absoluteVolumeDifference: overlap.absoluteVolumeDifference,
      predictedVolume: Double(predictedVoxels) * input.map.geometry.voxelVolume / 1000,
      predictedRegions: lesionCounts?.predicted, hd95: distances?.hd95,
      surfaceDice: distances?.surfaceDice, lesionRecall: lesionCounts?.recall, lesionF1: lesionCounts?.f1)
    return (figures, MeasuredCase.Counts(threshold: threshold, mask: overlap, lesions: lesionCounts))
  }
}
