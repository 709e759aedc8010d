package import Methods
package import Tensors
import Volumes

/// Turns prepared slices into the anomaly map: the method's score, scaled and smoothed on the model grid.
package struct Scorer {
  package let method: any Method
  package let settings: ScoringSettings
  /// How the score varies over lesion-free slices, where the settings ask for it.
  package var statistics: ScoreStatistics?
  let device: Device

  package init(
    method: any Method, settings: ScoringSettings, statistics: ScoreStatistics? = nil, device: Device
  ) {
    (self.method, self.settings, self.statistics, self.device) = (method, settings, statistics, device)
  }

  /// Slices scored at once; more does not make the engine faster and costs memory.
  static let batchSize = 32

  /// What the scorer says about a whole scan, on the model grid.
  struct Output {
    /// (slices, size, size), never negative.
    let maps: Tensor
    let reconstructions: Tensor?
    /// (slices, size, size): of the scaled score between draws, before any smoothing; nil below two draws.
    let variance: Tensor?
  }

  /// Scores all prepared slices of a scan.
  func score(_ scan: GriddedScan, size: Int) throws -> Output {
    let area = size * size
    var maps = [Float](), variances = [Tensor](), reconstructions = [Tensor]()
    maps.reserveCapacity(scan.images.count)
    for start in stride(from: 0, to: scan.slices.count, by: Self.batchSize) {
      let end = min(start + Self.batchSize, scan.slices.count)
      func tensor(_ values: [Float]) throws -> Tensor {
        try values[start * area..<end * area].withUnsafeBufferPointer {
          try Tensor($0, shape: [end - start, 1, size, size], device: device)
        }
      }
      let score = try raw(
        Batch(
          images: tensor(scan.images), brain: tensor(scan.brain), z: Array(scan.z[start..<end])))
      maps += try score.map.values()
      if let reconstruction = score.reconstruction {
        reconstructions.append(try reconstruction.to(.cpu).reshape([end - start, size, size]))
      }
      if let variance = score.variance {
        variances.append(try variance.to(.cpu).reshape([end - start, size, size]))
      }
    }
    let smooth = settings.smooth(maps, images: scan.images, size: size)
    return Output(
      maps: try Tensor(smooth, shape: [scan.slices.count, size, size]),
      reconstructions: reconstructions.isEmpty ? nil : try Tensor.cat(reconstructions, dim: 0),
      variance: variances.isEmpty ? nil : try Tensor.cat(variances, dim: 0))
  }

  /// A scaled score before any smoothing; tensors are (batch, 1, size, size).
  package struct Raw {
    package let map: Tensor
    package let reconstruction: Tensor?
    /// Of the scaled score between draws (divisor: draws less one); nil below two draws.
    package let variance: Tensor?
  }

  /// The method's score of a batch, the mean over the draws that the settings ask for.
  package func raw(_ batch: Batch) throws -> Raw {
    guard settings.samples > 0 else { return try withoutSampling(batch) }
    // From the pixels, so that a batch is scored the same on every run, whatever it is called.
    let generator = try Generator(seed: batch.images.seed(), device: device)
    let scores = try (0..<settings.samples).map { _ in try method.score(batch, generator: generator) }
    let maps = try Tensor.stack(scores.map(\.map))
    let reconstructions = scores.compactMap(\.reconstruction)
    return Raw(
      map: try scaled(maps.mean([0])),
      reconstruction: reconstructions.isEmpty ? nil : try Tensor.stack(reconstructions).mean([0]),
      variance: settings.samples > 1
        ? try maps.variance([0]) / (statistics?.deviation.square() ?? Tensor.ones([1], device: device)) : nil)
  }

  /// The method's score of a batch without draws, the same on every device.
  package func withoutSampling(_ batch: Batch) throws -> Raw {
    let score = try method.score(batch)
    return Raw(map: try scaled(score.map), reconstruction: score.reconstruction, variance: nil)
  }

  private func scaled(_ map: Tensor) throws -> Tensor { try statistics?.normalize(map) ?? map }
}

extension ScoringSettings {
  /// Median and brightness prior: what happens to scaled maps on the model grid, slice after slice.
  func smooth(_ maps: [Float], images: [Float], size: Int) -> [Float] {
    var smooth = MedianFilter(size: median, depth: medianDepth).filter(maps, height: size, width: size)
    if intensityPrior > 0 {
      let prior = Float(intensityPrior)
      for pixel in smooth.indices where images[pixel] <= prior { smooth[pixel] = 0 }
    }
    return smooth
  }
}
