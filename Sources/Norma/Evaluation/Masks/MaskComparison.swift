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

  /// Compares the regions of an operating point.
  func compare(
    _ point: OperatingPoint
  ) -> (figures: Evaluation.Case.AtPoint, counts: MeasuredCase.Counts) {
    let exceeding = input.predicted(above: point.threshold), threshold = input.overlap(exceeding)
    let rule = RegionRule(extent: point.threshold, peak: point.peak, minimumVolume: minimumLesionSize)
    let dropsRegions = minimumLesionSize > 0 || rule.peak != nil
    var predicted = exceeding, lesionCounts: LesionCounts?
    if lesions != nil || dropsRegions {
      let regions = rule.regions(among: exceeding, of: input.map)
      predicted = regions.mask
      lesionCounts = lesions.map { LesionCounts(lesions: $0, predicted: regions) }
    }
    let overlap = dropsRegions ? input.overlap(predicted) : threshold
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
