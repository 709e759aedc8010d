package import Tensors
import Volumes

/// Turns prepared slices into the anomaly map: the method's score, scaled and smoothed on the model grid.
package struct Scorer {
  package let method: any Method
  package let settings: ScoringSettings
  /// Voxel-wise standard deviation of the training maps, (size, size), where the settings ask for it.
  package var deviation: Tensor?
  let device: Device

  package init(method: any Method, settings: ScoringSettings, deviation: Tensor? = nil, device: Device) {
    (self.method, self.settings, self.deviation, self.device) = (method, settings, deviation, device)
  }

  /// Slices scored at once; more does not make the engine faster and costs memory.
  private static let batchSize = 32

  /// What the scorer says about a whole scan, on the model grid.
  struct Output {
    /// (slices, size, size), never negative.
    let maps: Tensor
    let reconstructions: Tensor?
  }

  /// Scores all prepared slices of a scan.
  func callAsFunction(_ scan: PreparedScan, size: Int) throws -> Output {
    let area = size * size
    var maps = [Tensor](), reconstructions = [Tensor]()
    for start in stride(from: 0, to: scan.slices.count, by: Self.batchSize) {
      let end = min(start + Self.batchSize, scan.slices.count)
      func tensor(_ values: [Float]) throws -> Tensor {
        try values[start * area..<end * area].withUnsafeBufferPointer {
          try Tensor($0, shape: [end - start, 1, size, size], device: device)
        }
      }
      let batch = Batch(images: try tensor(scan.images), brain: try tensor(scan.brain))
      let score = try raw(batch)
      let filtered = MedianFilter(size: settings.median)(try score.map.values(), height: size, width: size)
      maps.append(try Tensor(filtered, shape: [end - start, size, size]))
      if let reconstruction = score.reconstruction {
        reconstructions.append(try reconstruction.to(.cpu).reshape([end - start, size, size]))
      }
    }
    return Output(
      maps: try Tensor.cat(maps, dim: 0),
      reconstructions: reconstructions.isEmpty ? nil : try Tensor.cat(reconstructions, dim: 0))
  }

  /// The method's score over the voxel-wise deviation, before any smoothing.
  package func raw(_ batch: Batch) throws -> AnomalyScore {
    let score = try method.score(batch)
    guard let deviation else { return score }
    return AnomalyScore(map: try score.map / deviation, reconstruction: score.reconstruction)
  }
}
