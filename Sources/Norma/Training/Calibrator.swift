import Foundation
import Tensors
import Volumes

/// Measures what scoring needs to know of a trained method: voxel-wise statistics and thresholds.
struct Calibrator {
  private let configuration: Configuration
  private let device: Device
  /// Validation cases without a lesion voxel.
  private let lesionFree: [ScanCase]

  /// Chooses the cases; throws a ``Problem`` when no validation case is lesion-free.
  init(configuration: Configuration, split: Manifest, device: Device) throws {
    (self.configuration, self.device) = (configuration, device)
    lesionFree = try split.cases(in: .validation).filter { try !$0.hasLesion() }
    guard !lesionFree.isEmpty else {
      throw Problem(
        .badData, "every validation case has a lesion, so no threshold can be calibrated",
        at: split.source.path,
        advice: "put lesion-free cases into the validation split")
    }
  }

  /// Voxel-wise statistics of the score over lesion-free slices; nil where the settings ask for none.
  func statistics(of scorer: Scorer, over contents: SliceStore.Contents) throws -> ScoreStatistics? {
    guard configuration.scoring.normalization != .none else { return nil }
    var moments = try VoxelwiseMoments(size: configuration.recipe.gridSize, device: device)
    for start in stride(from: 0, to: contents.count, by: Scorer.batchSize) {
      let slices = Array(contents.slices[start..<min(start + Scorer.batchSize, contents.count)])
      let batch = try contents.batch(slices, mirrored: slices.map { _ in false }).on(device)
      try moments.add(scorer.raw(batch).map, weights: batch.brain)
    }
    return try ScoreStatistics(moments, settings: configuration.scoring, device: device)
  }

  /// The thresholds; `progress` hears the number of scans done and of all.
  func callAsFunction(_ scorer: Scorer, progress: (Int, Int) throws -> Void) throws -> Calibration {
    let segmenter = Segmenter(scorer: scorer, recipe: configuration.recipe)
    var scores = ScoreHistogram()
    for (index, scan) in lesionFree.enumerated() {
      try progress(index, lesionFree.count)
      let (map, brain) = try segmenter.map(scan)
      for voxel in map.voxels.indices where brain.voxels[voxel] != 0 { scores.add(map.voxels[voxel]) }
    }
    try progress(lesionFree.count, lesionFree.count)
    return Calibration(scores: scores, cases: lesionFree.count)
  }
}
