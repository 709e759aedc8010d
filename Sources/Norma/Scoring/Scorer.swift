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
    /// The probabilities of tissues, (batch, 7, size, size), where the method tells them apart.
    package let tissues: Tensor?
  }

  /// Scores all slices of a scan on a model grid of `size` x `size` pixels.
  func score(_ scan: GriddedScan, size: Int) throws -> ScoredScan {
    let start = ContinuousClock.now
    let scores = try stride(from: 0, to: scan.slices.count, by: Self.batchSize).map { first in
      let chosen = first..<min(first + Self.batchSize, scan.slices.count)
      return try score(scan.batch(chosen, size: size, device: device))
    }
    func joined(_ part: (Score) -> Tensor?) throws -> Tensor? {
      let parts = try scores.compactMap(part).map { try $0.to(.cpu) }
      return parts.isEmpty ? nil : try .cat(parts)
    }
    return ScoredScan(
      gridded: scan,
      score: Score(
        map: try .cat(scores.map { try $0.map.to(.cpu) }), reconstruction: try joined(\.reconstruction),
        variance: try joined(\.variance), tissues: try joined(\.tissues)),
      residual: chain.settings.residual, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// Scores a batch, with as many samples as the settings ask for.
  package func score(_ batch: Batch) throws -> Score {
    let samples = chain.settings.samples
    guard samples > 0 else {
      let score = try method.score(batch)
      return Score(
        map: score.map, reconstruction: score.reconstruction, variance: nil, tissues: score.tissues)
    }
    // The seed comes from the pixels, so that a batch is scored the same on every run, whatever its name.
    let generator = try Generator(seed: batch.images.seed(), device: device)
    let scores = try (0..<samples).map { _ in try method.score(batch, generator: generator) }
    func mean(_ part: (AnomalyScore) -> Tensor?) throws -> Tensor? {
      let parts = scores.compactMap(part)
      return parts.isEmpty ? nil : try Tensor.stack(parts).mean([0])
    }
    let maps = try Tensor.stack(scores.map(\.map))
    return Score(
      map: try maps.mean([0]), reconstruction: try mean(\.reconstruction),
      variance: samples > 1 ? try maps.variance([0]) : nil, tissues: try mean(\.tissues))
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
