import StrictSettings
package import Tensors

/// Mean and standard deviation of the smoothed training slices at every pixel, for all slices together or by axial
/// level; the score is the z-score of the equally smoothed slice.
///
/// Smoothing the slices, not the two maps, found more of the blobs painted into lesion-free validation slices
/// (Documentation/Decisions/0004-normative-map.md).
package final class NormativeMap: Method {
  package struct ModelSettings: Settings {
    /// Smoothing of the slices in pixels of the model grid: noise and misregistration are smaller than lesions.
    var sigma = 2.0
    /// Least standard deviation, in units of the normalised brightness.
    var minimumDeviation = 0.01
    /// Distance in mm of axial levels that have a map of their own; 0 = one map for all slices.
    var zSpacing = 0.0
    /// Over how many mm (standard deviation) neighbouring levels lend each other their slices.
    var zSmoothing = 6.0
    /// Weight, in slices, of the whole level's mean and variance in those of a pixel.
    var shrinkage = 0.0
    /// Pixels seen in fewer slices than this are not scored.
    var minimumCount = 0.0

    func validate(path: String) throws {
      try require((0...20).contains(sigma), path, "sigma", sigma, "0 to 20 pixels")
      try require(
        minimumDeviation > 0 && minimumDeviation <= 1, path, "minimumDeviation", minimumDeviation,
        "more than 0, at most 1")
      try require(
        zSpacing == 0 || (1...50).contains(zSpacing), path, "zSpacing", zSpacing,
        "0, or 1 to 50 mm")
      try require((1...50).contains(zSmoothing), path, "zSmoothing", zSmoothing, "1 to 50 mm")
      try require((0...1000).contains(shrinkage), path, "shrinkage", shrinkage, "0 to 1000 slices")
      try require((0...1000).contains(minimumCount), path, "minimumCount", minimumCount, "0 to 1000 slices")
    }

    fileprivate var bins: AxialBins? {
      zSpacing > 0 ? AxialBins(spacing: zSpacing, smoothing: zSmoothing) : nil
    }
  }

  package static let name = "normative"
  package static let summary = "voxel-wise z-score against mean and standard deviation of the training slices"

  private let settings: ModelSettings
  private let smoothing: GaussianSmoothing
  private var moments: VoxelwiseMoments

  package init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    smoothing = try GaussianSmoothing(size: context.imageSize, sigma: settings.sigma, device: context.device)
    moments = try VoxelwiseMoments(size: context.imageSize, bins: settings.bins, device: context.device)
  }

  package func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try moments.add(smoothing(batch.images, weights: batch.brain), weights: batch.brain, at: batch.z)
    return Losses(total: 0)
  }

  /// Mean squared z inside the brain: how well unseen people fit.
  package func validationLosses(_ batch: Batch) throws -> Losses? {
    let z = try zScore(batch)
    return Losses(total: Double(try (z.square().sum() / batch.brain.sum().clamp(min: 1)).item()))
  }

  package func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    AnomalyScore(map: try zScore(batch).relu())
  }

  private func zScore(_ batch: Batch) throws -> Tensor {
    let normal = try moments.normal(
      at: batch.z, shrinkage: Float(settings.shrinkage), minimumCount: Float(settings.minimumCount))
    let deviation = try normal.deviation.clamp(min: Float(settings.minimumDeviation))
    let smooth = try smoothing(batch.images, weights: batch.brain)
    return try (smooth - normal.mean) / deviation * normal.isKnown * batch.brain
  }

  package var state: [String: Tensor] { get throws { try moments.state } }

  package func load(state: [String: Tensor]) throws { try moments.load(state: state) }
}
