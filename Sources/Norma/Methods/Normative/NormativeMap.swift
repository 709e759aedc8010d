import Tensors

/// Mean and standard deviation of the training slices at every pixel, smoothed; the score is the z-score.
final class NormativeMap: Method {
  struct ModelSettings: Settings {
    /// Smoothing of both maps in pixels of the model grid; registration is never exact.
    var sigma = 2.0
    /// Least standard deviation, in units of the normalised brightness.
    var minimumDeviation = 0.01

    func validate(path: String) throws {
      try require((0...20).contains(sigma), path, "sigma", sigma, "0 to 20 pixels")
      try require(
        minimumDeviation > 0 && minimumDeviation <= 1, path, "minimumDeviation", minimumDeviation,
        "more than 0, at most 1")
    }
  }

  static let name = "normative"
  static let summary = "voxel-wise z-score against mean and standard deviation of the training slices"

  private let settings: ModelSettings
  private let smoothing: GaussianSmoothing
  private var moments: VoxelwiseMoments
  private var model: (mean: Tensor, deviation: Tensor)?

  init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    smoothing = try GaussianSmoothing(size: context.imageSize, sigma: settings.sigma, device: context.device)
    moments = try VoxelwiseMoments(size: context.imageSize, device: context.device)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try moments.add(batch.images, weights: batch.brain)
    model = nil
    return Losses(total: 0)
  }

  /// Mean squared z inside the brain: how well unseen people fit.
  func validationLosses(_ batch: Batch) throws -> Losses {
    let z = try zScore(batch)
    return Losses(total: Double(try (z.square().sum() / batch.brain.sum().clamp(min: 1)).item()))
  }

  func score(_ batch: Batch) throws -> AnomalyScore { AnomalyScore(map: try zScore(batch).relu()) }

  private func zScore(_ batch: Batch) throws -> Tensor {
    let model = try fitted()
    return try (batch.images - model.mean) / model.deviation * batch.brain
  }

  private func fitted() throws -> (mean: Tensor, deviation: Tensor) {
    if let model { return model }
    let mean = try smoothing(moments.mean(), weights: moments.count)
    let deviation = try smoothing(moments.deviation(), weights: moments.count)
      .clamp(min: Float(settings.minimumDeviation))
    model = (mean, deviation)
    return (mean, deviation)
  }

  var state: [String: Tensor] { moments.state }

  func load(state: [String: Tensor]) throws {
    try moments.load(state: state)
    model = nil
  }
}
