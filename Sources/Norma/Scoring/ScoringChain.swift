package import Tensors
import Volumes

/// The way from a method's score to the anomaly map.
package struct ScoringChain {
  package var settings: ScoringSettings
  /// How the score varies over lesion-free slices, where the settings ask for it.
  package var statistics: ScoreStatistics?

  /// A score scaled by the statistics.
  package func scaled(_ map: Tensor) throws -> Tensor { try statistics?.normalize(map) ?? map }

  /// The anomaly map on the model grid, (slices, size, size), never negative: the score scaled and smoothed,
  /// 0 where the input is not brighter than the intensity prior.
  func map(of scan: ScoredScan) throws -> Tensor {
    let scaled = try scaled(scan.map(settings.residual)), shape = scaled.shape
    var map = MedianFilter(size: settings.median, depth: settings.medianDepth)
      .filter(try scaled.values(), height: shape[2], width: shape[3])
    if settings.intensityPrior > 0 {
      let prior = Float(settings.intensityPrior)
      for pixel in map.indices where scan.gridded.images[pixel] <= prior { map[pixel] = 0 }
    }
    return try Tensor(map, shape: [shape[0], shape[2], shape[3]])
  }

  /// Standard deviation of the scaled score between samples, before any smoothing, (slices, size, size); nil
  /// below two samples.
  func uncertainty(of scan: ScoredScan) throws -> Tensor? {
    guard let variance = scan.score.variance else { return nil }
    let scaled = try statistics.map { try variance / $0.deviation.square().to(.cpu) } ?? variance
    return try scaled.sqrt().reshape([scaled.shape[0], scaled.shape[2], scaled.shape[3]])
  }

  /// Maps (slices, size, size) on the RAS+ axes of their scan, 0 outside the brain and in its rim.
  func volume(of maps: Tensor, in scan: GriddedScan) throws -> Volume {
    try scan.canonicalVolume(of: maps, inside: scan.scoredBrain.eroded(inPlaneBy: settings.erosion))
  }

  /// The anomaly map on the RAS+ axes of the scan: the map on the model grid, with the brightness of the scan's own
  /// voxels.
  func volume(of maps: Tensor, in scan: ScoredScan) throws -> Volume {
    let map = try volume(of: maps, in: scan.gridded), weight = Float(settings.brightnessWeight)
    guard weight > 0, let brightness = try scan.brightness() else { return map }
    return Volume(
      geometry: map.geometry,
      voxels: zip(map.voxels, brightness.voxels).map { $0 > 0 ? max($0 + weight * $1, 0) : 0 })
  }

  /// The anomaly map on the RAS+ axes of the scan.
  func volume(of scan: ScoredScan) throws -> Volume { try volume(of: map(of: scan), in: scan) }
}
