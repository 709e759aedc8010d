import Tensors

/// Mean and standard deviation of the smoothed training slices at every pixel; the score is the z-score of the
/// equally smoothed slice.
///
/// Smoothing the slices, not the two maps, found more of the blobs painted into lesion-free validation slices
/// (Documentation/Decisions/0004-normative-map.md).
final class NormativeMap: Method {
  struct ModelSettings: Settings {
    /// Smoothing of the slices in pixels of the model grid: noise and misregistration are smaller than lesions.
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
    try moments.add(smoothing(batch.images, weights: batch.brain), weights: batch.brain)
    model = nil
    return Losses(total: 0)
  }

  /// Mean squared z inside the brain: how well unseen people fit.
  func validationLosses(_ batch: Batch) throws -> Losses? {
    let z = try zScore(batch)
    return Losses(total: Double(try (z.square().sum() / batch.brain.sum().clamp(min: 1)).item()))
  }

  func score(_ batch: Batch, draws: Generator?) throws -> AnomalyScore {
    AnomalyScore(map: try zScore(batch).relu())
  }

  private func zScore(_ batch: Batch) throws -> Tensor {
    let model = try fitted()
    return try (smoothing(batch.images, weights: batch.brain) - model.mean) / model.deviation * batch.brain
  }

  private func fitted() throws -> (mean: Tensor, deviation: Tensor) {
    if let model { return model }
    let fitted = (
      mean: try moments.mean(),
      deviation: try moments.deviation().clamp(min: Float(settings.minimumDeviation))
    )
    model = fitted
    return fitted
  }

  var state: [String: Tensor] { moments.state }

  func load(state: [String: Tensor]) throws {
    try moments.load(state: state)
    model = nil
  }
}
