import Base
import Cohort
import Methods
import Foundation
import Tensors
import Volumes

/// Measures what scoring needs to know of a trained method: voxel-wise statistics and thresholds.
struct Calibrator {
  private let configuration: Configuration
  private let manifest: Manifest
  private let device: Device
  /// The scans to be scored: validation and training scans with voxels that count as normal, and
  /// validation scans with a lesion.
  private let validation, training, labelled: Set<ScanCase>
  /// The brains that are scored instead of validation scans.
  private let brains: SyntheticBrains?

  /// Chooses the scans; `brains` calibrate unless the validation split has lesion-free volumes. Throws a
  /// ``Problem`` when there are no brains and no validation scan is lesion-free.
  init(
    configuration: Configuration, split: Manifest, brains: SyntheticBrains? = nil, device: Device
  ) throws {
    (self.configuration, manifest, self.device) = (configuration, split, device)
    let hasNormalVoxels = { (scan: ScanCase) in
      try configuration.training.exclusion == .voxels || !scan.hasLesion()
    }
    func sample(_ name: Split, where isMeant: (ScanCase) throws -> Bool) throws -> Set<ScanCase> {
      Set(
        try split.cases(in: name).filter(isMeant).sample(
          configuration.calibration.cases, seed: configuration.training.seed))
    }
    let scans = try sample(.validation, where: hasNormalVoxels)
    // Single slices cannot tell how many false regions a brain has, and are not mixed with brains that can.
    let hasVolume =
      try brains == nil
      || scans.contains { scan in
        try VolumeReader.readGeometry(scan.image).shape.allSatisfy { $0 > 1 }
      }
    self.brains = hasVolume ? nil : brains
    validation = hasVolume ? scans : []
    guard self.brains != nil || !validation.isEmpty else {
      throw Problem(
        .badData, "no scan of the validation split is lesion-free, so no threshold can be calibrated",
        at: split.source.path,
        advice: "put lesion-free scans into the validation split; anatomies do not calibrate")
    }
    training = try sample(.train, where: hasNormalVoxels)
    labelled = try sample(.validation) { try $0.hasLesion() }
  }

  /// Voxel-wise statistics of the score over lesion-free slices, or over what is not painted in synthetic
  /// ones; nil if the settings ask for none.
  func statistics(
    of scorer: Scorer, training: any TrainingSlices, validation: any TrainingSlices
  ) throws -> ScoreStatistics? {
    let settings = configuration.scoring
    guard settings.normalization != .none else { return nil }
    let contents = settings.statistics == .training ? training : validation
    let chosen = sample(of: contents, in: settings.statistics == .training ? .train : .validation)
    var moments = try VoxelwiseMoments(size: configuration.recipe.gridSize, device: device)
    for start in stride(from: 0, to: chosen.count, by: Scorer.batchSize) {
      let slices = Array(chosen[start..<min(start + Scorer.batchSize, chosen.count)])
      let batch = try contents.batch(slices).on(device)
      try moments.add(scorer.score(batch).map, weights: batch.brain - batch.labels(), at: batch.z)
    }
    return try ScoreStatistics(moments, settings: settings, device: device)
  }

  /// The numbers of the lesion-free slices of as many scans as the settings allow; of all synthetic slices.
  private func sample(of slices: any TrainingSlices, in split: Split) -> [Int] {
    guard let stored = (slices as? SliceStore.Contents)?.slices else { return Array(0..<slices.count) }
    let cases = manifest.cases(in: split), healthy = stored.indices.filter { !stored[$0].showsLesion }
    let chosen = Set(
      Set(healthy.map { stored[$0].scan }).map { cases[$0] }.sample(
        configuration.calibration.cases, seed: configuration.training.seed))
    return healthy.filter { chosen.contains(cases[stored[$0].scan]) }
  }

  /// Measures the thresholds of the scorer's own chain; `progress` receives the number of scans done and of
  /// all.
  func calibrate(_ scorer: Scorer, progress: (Int, Int) throws -> Void) throws -> Calibration {
    try calibrate([scorer.chain], of: scorer, progress: progress)[0]
  }

  /// Measures the thresholds of several chains; every scan is scored once.
  func calibrate(
    _ chains: [ScoringChain], of scorer: Scorer, progress: (Int, Int) throws -> Void
  ) throws -> [Calibration] {
    let modelGrid = ModelGrid(recipe: configuration.recipe)
    let scans = manifest.cases.filter { scan in
      [validation, training, labelled].contains { $0.contains(scan) }
    }
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("norma-calibration-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    var scores = chains.map { _ in CalibrationScores() }
    var searches = chains.indices.map { chain in
      let extent = chains[chain].settings.extent
      return FalseRegionSearch(
        extent: extent > 0 ? extent : nil, scratch: scratch.appendingPathComponent("\(chain)"))
    }
    let size = configuration.recipe.gridSize, count = scans.count + (brains?.count ?? 0)
    for (index, scan) in scans.enumerated() {
      try progress(index, count)
      let scored = try scorer.score(modelGrid.place(scan), size: size)
      let brain = scored.gridded.scoredBrain.voxels, lesion = try scored.gridded.lesion(of: scan)
      let nearLesion = lesion?.grown(by: LesionExclusion.calibrationDistance)
      let normal = brain.indices.filter { brain[$0] != 0 && nearLesion?.voxels[$0] != 1 }
      for chain in chains.indices {
        let volume = try chains[chain].volume(of: scored), map = volume.voxels
        if labelled.contains(scan) {
          var voxels = ScoredVoxels()
          for voxel in map.indices where brain[voxel] != 0 {
            voxels.add(score: map[voxel], isLesion: lesion?.voxels[voxel] == 1)
          }
          try scores[chain].addLabelled(voxels)
        }
        let scoresOfNormal = normal.lazy.map { map[$0] }
        if validation.contains(scan) {
          scores[chain].addValidation(
            scoresOfNormal, of: scan.participantID, hasLesion: nearLesion?.voxels.contains(1) == true)
          if isBrain(scored.gridded) {
            try searches[chain].add(volume, excluded: nearLesion, brainVoxels: normal.count)
          }
        }
        if training.contains(scan) { scores[chain].addTraining(scoresOfNormal) }
      }
    }
    for number in 0..<(brains?.count ?? 0) {
      try progress(scans.count + number, count)
      guard let brain = brains?.scan(number) else { continue }
      let scored = try scorer.score(brain, size: size), inside = brain.scoredBrain.voxels
      let normal = inside.indices.filter { inside[$0] != 0 }
      for chain in chains.indices {
        let volume = try chains[chain].volume(of: scored)
        scores[chain].addValidation(
          normal.lazy.map { volume.voxels[$0] }, of: "brain \(number)", hasLesion: false)
        if isBrain(brain) { try searches[chain].add(volume, excluded: nil, brainVoxels: normal.count) }
      }
    }
    try progress(count, count)
    return try chains.indices.map { chain in
      var calibration = try scores[chain].calibration(seed: UInt64(configuration.training.seed))
      if configuration.training.exclusion != .voxels { calibration.casesWithLesion = nil }
      calibration.anatomies = brains?.anatomies
      // The rate of few voxels is in no curve.
      if let extent = try? calibration.threshold(atRate: configuration.calibration.extentRate) {
        calibration.regions = try searches[chain].calibration(extent: extent)
      }
      return calibration
    }
  }

  /// Whether the regions of a scan can be counted per brain: it is a volume, and the model knows all levels.
  private func isBrain(_ scan: GriddedScan) -> Bool {
    configuration.recipe.zRange.isEmpty && scan.scoredBrain.shape.allSatisfy { $0 > 1 }
  }
}

extension [ScanCase] {
  /// At most `limit` cases, the first in an order that depends on `seed` and their names alone; all if
  /// `limit` is 0.
  func sample(_ limit: Int, seed: Int) -> [ScanCase] {
    guard limit > 0, limit < count else { return self }
    let keys = map { Digest.of(Data("\(seed):\($0.id)".utf8)) }
    let chosen = Set(indices.sorted { keys[$0] < keys[$1] }.prefix(limit))
    return indices.filter(chosen.contains).map { self[$0] }
  }
}
