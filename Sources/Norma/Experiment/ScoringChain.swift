import Cohort
import Methods
import Tensors
import Volumes

/// One way from a method's score to the anomaly map, with its name in tables.
struct ScoringChain {
  let name: String
  let settings: ScoringSettings
  /// Voxel-wise statistics of the score, where the settings ask for them.
  let statistics: ScoreStatistics?

  /// Post-processing added step by step, and last the same divided by statistics where the scorer has them.
  static func ablation(of scorer: Scorer, reconstructs: Bool) -> [ScoringChain] {
    var settings = scorer.settings
    settings.normalization = .none
    settings.minimumLesionSize = max(settings.minimumLesionSize, smallestComponent)
    // Without a reconstruction there is no residual whose sign could count.
    let stages = settings.ablation.filter { reconstructs || $0.name != "positive part" }
    let chains = stages.map { ScoringChain(name: $0.name, settings: $0.settings, statistics: nil) }
    guard let statistics = scorer.statistics else { return chains }
    return chains + [ScoringChain(name: scaled, settings: scorer.settings, statistics: statistics)]
  }

  /// The chain of published work: positive residual, median, eroded brain mask.
  static let plain = "eroded mask"
  /// The same divided by the voxel-wise spread of lesion-free slices.
  static let scaled = "divided by sd"
  /// Smallest component in mm³ (mm² for single slices) that the filter keeps: 10 pixels of 1 mm.
  private static let smallestComponent = 10.0

  /// The anomaly map on the RAS+ axes of the scan.
  func map(_ scan: ScoredScan) throws -> Volume {
    let size = scan.images.shape[3], count = scan.images.shape[0]
    let map =
      try scan.score.reconstruction.map {
        try settings.residual.map(of: scan.images, reconstruction: $0) * scan.brain
      } ?? scan.score.map
    let scaled = try statistics?.normalize(map) ?? map
    let smooth = settings.smooth(try scaled.values(), images: scan.prepared.images, size: size)
    return try scan.prepared.canonicalVolume(
      of: Tensor(smooth, shape: [count, size, size]),
      inside: scan.prepared.scoredBrain.eroded(inPlaneBy: settings.erosion))
  }
}

/// A scan that a method has scored once, for any number of chains.
struct ScoredScan {
  let prepared: GriddedScan
  /// (slices, 1, size, size), as the method saw them.
  let images, brain: Tensor
  /// The method's own score of all slices.
  let score: AnomalyScore
  /// Time the method took.
  let seconds: Double

  init(_ scan: ScanCase, modelGrid: ModelGrid, method: any Method, device: Device) throws {
    prepared = try modelGrid.place(scan)
    let size = modelGrid.recipe.gridSize, count = prepared.slices.count
    let shape = [count, 1, size, size]
    (images, brain) = (
      try Tensor(prepared.images, shape: shape), try Tensor(prepared.brain, shape: shape)
    )
    let start = ContinuousClock.now
    var maps = [Tensor](), reconstructions = [Tensor]()
    for first in stride(from: 0, to: count, by: Scorer.batchSize) {
      let length = min(Scorer.batchSize, count - first)
      let batch = try Batch(
        images: images.narrow(0, start: first, length: length),
        brain: brain.narrow(0, start: first, length: length),
        z: Array(prepared.z[first..<first + length])
      ).on(device)
      let score = try method.score(batch)
      maps.append(try score.map.to(.cpu))
      if let reconstruction = score.reconstruction { reconstructions.append(try reconstruction.to(.cpu)) }
    }
    score = AnomalyScore(
      map: try .cat(maps), reconstruction: reconstructions.isEmpty ? nil : try .cat(reconstructions))
    seconds = (ContinuousClock.now - start) / .seconds(1)
  }
}
