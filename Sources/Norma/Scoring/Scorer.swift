package import Methods
package import Tensors

/// Scores scans with a method; ``chain`` turns the score into the anomaly map.
package struct Scorer {
  package let method: any Method
  package var chain: ScoringChain
  let device: Device

  /// A scorer; `statistics` scale its score voxel by voxel.
  package init(
    method: any Method, settings: ScoringSettings, statistics: ScoreStatistics? = nil, device: Device
  ) {
    (self.method, self.device) = (method, device)
    chain = ScoringChain(settings: settings, statistics: statistics)
  }

  /// Slices scored at once; more does not make the engine faster and costs memory.
  static let batchSize = 32

  /// The method's score, the mean over samples; tensors are (batch, 1, size, size).
  package struct Score {
    package let map: Tensor
    package let reconstruction: Tensor?
    /// Variance of the map between samples (divisor: samples less one); nil below two samples.
    package let variance: Tensor?
  }

  /// Scores all slices of a scan on a model grid of `size` x `size` pixels.
  func score(_ scan: GriddedScan, size: Int) throws -> ScoredScan {
    let area = size * size
    let start = ContinuousClock.now
    var maps = [Tensor](), reconstructions = [Tensor](), variances = [Tensor]()
    for first in stride(from: 0, to: scan.slices.count, by: Self.batchSize) {
      let end = min(first + Self.batchSize, scan.slices.count)
      func tensor(_ values: [Float]) throws -> Tensor {
        try values[first * area..<end * area].withUnsafeBufferPointer {
          try Tensor($0, shape: [end - first, 1, size, size], device: device)
        }
      }
      let score = try score(
        Batch(images: tensor(scan.images), brain: tensor(scan.brain), z: Array(scan.z[first..<end])))
      maps.append(try score.map.to(.cpu))
      if let reconstruction = score.reconstruction { reconstructions.append(try reconstruction.to(.cpu)) }
      if let variance = score.variance { variances.append(try variance.to(.cpu)) }
    }
    return ScoredScan(
      gridded: scan,
      score: Score(
        map: try .cat(maps), reconstruction: reconstructions.isEmpty ? nil : try .cat(reconstructions),
        variance: variances.isEmpty ? nil : try .cat(variances)),
      residual: chain.settings.residual, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// Scores a batch, with as many samples as the settings ask for.
  package func score(_ batch: Batch) throws -> Score {
    let samples = chain.settings.samples
    guard samples > 0 else {
      let score = try method.score(batch)
      return Score(map: score.map, reconstruction: score.reconstruction, variance: nil)
    }
    // The seed comes from the pixels, so that a batch is scored the same on every run, whatever its name.
    let generator = try Generator(seed: batch.images.seed(), device: device)
    let scores = try (0..<samples).map { _ in try method.score(batch, generator: generator) }
    let maps = try Tensor.stack(scores.map(\.map)), reconstructions = scores.compactMap(\.reconstruction)
    return Score(
      map: try maps.mean([0]),
      reconstruction: reconstructions.isEmpty ? nil : try Tensor.stack(reconstructions).mean([0]),
      variance: samples > 1 ? try maps.variance([0]) : nil)
  }
}

/// A scan that a method has scored once, for any number of chains; tensors are on the processor.
struct ScoredScan {
  let gridded: GriddedScan
  let score: Scorer.Score
  /// The residual that the method's own map shows, where it reconstructs.
  let residual: Residual
  /// Time that the method took.
  let seconds: Double

  /// The method's own map, or another residual of its reconstruction.
  ///
  /// With samples that is the residual of the mean reconstruction, not the mean of the samples' residuals.
  func map(_ residual: Residual) throws -> Tensor {
    guard residual != self.residual, let reconstruction = score.reconstruction else { return score.map }
    let images = try Tensor(gridded.images, shape: reconstruction.shape)
    return try residual.map(of: images, reconstruction: reconstruction)
      * Tensor(gridded.brain, shape: reconstruction.shape)
  }
}
