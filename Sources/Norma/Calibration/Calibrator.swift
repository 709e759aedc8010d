import Base
import Cohort
import Methods
import Foundation
import Tensors
import Volumes

/// Measures what scoring needs to know of a trained method: voxel-wise statistics and thresholds.
struct Calibrator {
  private let configuration: Configuration
  private let split: Manifest
  private let device: Device
  /// Scans to be scored: validation and training scans that are normal where they count, validation scans with a
  /// lesion voxel.
  private let lesionFree, training, labelled: [ScanCase]
  /// How far from a lesion a scan with lesions is normal, in mm; nil: nowhere.
  private let distance: Double?

  /// Chooses the scans; throws a ``Problem`` when no validation scan is lesion-free.
  init(configuration: Configuration, split: Manifest, device: Device) throws {
    (self.configuration, self.split, self.device) = (configuration, split, device)
    distance = configuration.training.exclusion == .voxels ? Self.lesionDistance : nil
    func chosen(_ part: Split, where isMeant: (ScanCase) throws -> Bool) throws -> [ScanCase] {
      let cases = split.cases(in: part), limit = configuration.calibration.cases
      var result = [ScanCase]()
      for index in Self.order(cases, seed: configuration.training.seed) where try isMeant(cases[index]) {
        result.append(cases[index])
        if result.count == limit { break }
      }
      return result
    }
    let isNormal = { [distance] (scan: ScanCase) in try distance != nil || !scan.hasLesion() }
    lesionFree = try chosen(.validation, where: isNormal)
    guard !lesionFree.isEmpty else {
      throw Problem(
        .badData, "every validation case has a lesion, so no threshold can be calibrated",
        at: split.source.path,
        advice: "put lesion-free cases into the validation split")
    }
    training = try chosen(.train, where: isNormal)
    labelled = try chosen(.validation) { try $0.hasLesion() }
  }

  private static let lesionDistance = 6.0

  /// Indices in an order that depends on the seed and the names alone, so that a sample stays the same.
  static func order(_ cases: [ScanCase], seed: Int) -> [Int] {
    let keys = cases.map { Digest.of(Data("\(seed):\($0.id)".utf8)) }
    return keys.indices.sorted { keys[$0] < keys[$1] }
  }

  /// Voxel-wise statistics of the score over lesion-free slices; nil where the settings ask for none.
  func statistics(
    of scorer: Scorer, training: SliceStore.Contents, validation: SliceStore.Contents
  ) throws -> ScoreStatistics? {
    let settings = configuration.scoring
    guard settings.normalization != .none else { return nil }
    let contents = settings.statistics == .training ? training : validation
    let chosen = sample(of: contents, in: settings.statistics == .training ? .train : .validation)
    var moments = try VoxelwiseMoments(size: configuration.recipe.gridSize, device: device)
    for start in stride(from: 0, to: chosen.count, by: Scorer.batchSize) {
      let slices = Array(chosen[start..<min(start + Scorer.batchSize, chosen.count)])
      let batch = try contents.batch(slices, mirrored: slices.map { _ in false }).on(device)
      try moments.add(scorer.raw(batch).map, weights: batch.brain, at: batch.z)
    }
    return try ScoreStatistics(moments, settings: settings, device: device)
  }

  /// The lesion-free slices of as many scans as the settings allow.
  private func sample(of contents: SliceStore.Contents, in part: Split) -> [SliceStore.Slice] {
    let limit = configuration.calibration.cases, slices = contents.slices.filter { !$0.showsLesion }
    guard limit > 0 else { return slices }
    let present = Set(slices.map(\.scan))
    let order = Self.order(split.cases(in: part), seed: configuration.training.seed)
    let chosen = Set(order.filter(present.contains).prefix(limit))
    return slices.filter { chosen.contains($0.scan) }
  }

  /// The thresholds; `progress` hears the number of scans done and of all.
  func calibrate(_ scorer: Scorer, progress: (Int, Int) throws -> Void) throws -> Calibration {
    let segmenter = Segmenter(scorer: scorer, recipe: configuration.recipe)
    let count = lesionFree.count + training.count + labelled.count
    var done = 0
    func forEachScore(
      in cases: [ScanCase], grown distance: Double? = nil, _ body: (Float, _ isLesion: Bool) -> Void
    ) throws {
      for scan in cases {
        try progress(done, count)
        let (map, brain) = try segmenter.map(scan)
        var lesion = try scan.readLesionMask()
        if let distance { lesion = lesion?.grown(by: distance) }
        for voxel in map.voxels.indices where brain.voxels[voxel] != 0 {
          body(map.voxels[voxel], lesion.map { $0.voxels[voxel] != 0 } ?? false)
        }
        done += 1
      }
    }
    var validationScores = ScoreHistogram(), trainingScores = ScoreHistogram()
    var labelledScores = RankedVoxels()
    var participants = [String: ScoreHistogram]()
    for scan in lesionFree {
      var own = participants[scan.participantID] ?? ScoreHistogram(fractionBits: Reliability.fractionBits)
      try forEachScore(in: [scan], grown: distance) { score, isLesion in
        guard !isLesion else { return }
        validationScores.add(score)
        own.add(score)
      }
      if own.total > 0 { participants[scan.participantID] = own }
    }
    try forEachScore(in: training, grown: distance) { if !$1 { trainingScores.add($0) } }
    for scan in labelled {
      var scores = ScoredVoxels()
      try forEachScore(in: [scan]) { scores.add(score: $0, isLesion: $1) }
      try labelledScores.add(scores)
    }
    try progress(count, count)
    var calibration = Calibration(
      scores: validationScores, cases: lesionFree.count, participants: participants.count)
    calibration.reliability = try Reliability(
      of: participants.sorted { $0.key < $1.key }.map(\.value), seed: UInt64(configuration.training.seed))
    calibration.trainingPercentiles = TrainingPercentiles(scores: trainingScores, cases: training.count)
    calibration.labelledValidation = try LabelledThreshold(labelledScores).map {
      LabelledValidation($0, cases: labelled.count)
    }
    return calibration
  }
}
