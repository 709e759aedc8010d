import Methods
import Tensors

/// Voxel-wise mean and standard deviation of a method's score over lesion-free slices.
package struct ScoreStatistics {
  /// (size, size); nil if the score is only divided by the deviation.
  let mean: Tensor?
  /// (size, size), greater than 0.
  let deviation: Tensor

  /// Uses statistics as they are.
  init(mean: Tensor? = nil, deviation: Tensor) { (self.mean, self.deviation) = (mean, deviation) }

  /// Shrinks, smooths and floors the moments; nil where the settings ask for no statistics.
  init?(_ moments: VoxelwiseMoments, settings: ScoringSettings, device: Device) throws {
    guard settings.normalization != .none else { return nil }
    let (count, mean, variance) = try moments.maps()
    let total = try max(1, count.sum().item())
    let pooled = try (variance * count).sum().item() / total
    let prior = Float(settings.statisticsShrinkage)
    let shrunk = try (variance * count + prior * pooled) / (count + prior).clamp(min: 1)
    let smoothing = try GaussianSmoothing(
      size: count.shape[0], sigma: settings.statisticsSigma, device: device)
    let deviation = try smoothing(shrunk.sqrt(), weights: count)
    // The estimate is poor where few slices had brain; a floor keeps it from blowing up the map.
    let floor = try (deviation * count).sum().item() / total / 10
    self.init(
      mean: settings.normalization == .standardized ? try smoothing(mean, weights: count) : nil,
      deviation: try deviation.clamp(min: max(floor, .leastNormalMagnitude)))
  }

  /// Returns r / sd or max((r - mean) / sd, 0) for (batch, 1, size, size) scores r.
  func normalize(_ map: Tensor) throws -> Tensor {
    let deviation = try deviation.to(map.device)
    guard let mean else { return try map / deviation }
    return try ((map - mean.to(map.device)) / deviation).relu()
  }

  private static let meanName = "scoring.mean"
  private static let deviationName = "scoring.deviation"

  /// The tensors that a bundle keeps beside the weights, by name.
  var state: [String: Tensor] {
    var state = [Self.deviationName: deviation]
    state[Self.meanName] = mean
    return state
  }

  /// Reads ``state``; nil if the settings ask for no statistics. Throws a ``ParameterError`` for a missing
  /// tensor.
  init?(state: [String: Tensor], settings: ScoringSettings, size: Int, device: Device) throws {
    guard settings.normalization != .none else { return nil }
    func tensor(_ name: String) throws -> Tensor { try state.tensor(name, shape: [size, size]).to(device) }
    self.init(
      mean: settings.normalization == .standardized ? try tensor(Self.meanName) : nil,
      deviation: try tensor(Self.deviationName))
  }
}
