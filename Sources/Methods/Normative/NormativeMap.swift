import StrictSettings
import Tensors

/// Mean and standard deviation of the smoothed training slices at every pixel, for all slices together or by
/// template z; the score is the z-score of the equally smoothed slice.
///
/// The slices are smoothed, not the two maps: that found more of the blobs painted into lesion-free
/// validation slices (Documentation/Decisions/0004-normative-map.md).
final class NormativeMap: Method {
  struct ModelSettings: Settings {
    /// Standard deviation of the Gaussian smoothing of the slices, in pixels of the model grid.
    var sigma = 2.0
    /// Least standard deviation of a pixel, in units of the model's input.
    var minimumDeviation = 0.01
    /// Distance in mm between the template levels that have a map of their own; 0 = one map for all slices.
    var zSpacing = 0.0
    /// Weight of the level's mean and variance over all pixels in those of a pixel, in slices.
    var shrinkage = 0.0
    /// Least number of slices that must have shown a pixel for it to be scored.
    var minimumCount = 0.0

    func validate(path: String) throws {
      try require((0...20).contains(sigma), path, "sigma", sigma, "0 to 20 pixels")
      try require(
        minimumDeviation > 0 && minimumDeviation <= 1, path, "minimumDeviation", minimumDeviation,
        "more than 0, at most 1")
      try require(
        zSpacing == 0 || (1...50).contains(zSpacing), path, "zSpacing", zSpacing,
        "0, or 1 to 50 mm")
      try require((0...1000).contains(shrinkage), path, "shrinkage", shrinkage, "0 to 1000 slices")
      try require((0...1000).contains(minimumCount), path, "minimumCount", minimumCount, "0 to 1000 slices")
    }

    /// The levels; neighbouring ones share their slices with a Gaussian weight of 6 mm.
    fileprivate var bins: AxialBins? { zSpacing > 0 ? AxialBins(spacing: zSpacing, smoothing: 6) : nil }
  }

  static let name = "normative"
  static let summary = "voxel-wise z-score against mean and standard deviation of the training slices"
  static let metadata = MethodMetadata(isStochastic: false)
  static let presets = [
    Preset(
      "normative", shownAs: "normative z-map",
      summary: "voxel-wise z-score against mean and sd of the smoothed training slices",
      role: .comparator, comparisonRow: 3,
      yaml: """
        method: normative
        training: {epochs: 1, mirror: 0}
        """),
    Preset(
      "normative-whole-brain",
      summary:
        "a map for each z, from the lesion-free voxels of few participants and their mirror images",
      role: .comparator,
      yaml: """
        method: normative
        model: {sigma: 0.7, zSpacing: 3, shrinkage: 32, minimumCount: 2}
        training: {epochs: 2, mirror: 0.5, exclusion: voxels}
        """),
  ]

  private let settings: ModelSettings
  private let smoothing: GaussianSmoothing
  private var moments: VoxelwiseMoments

  init(settings: ModelSettings, context: MethodContext) throws {
    self.settings = settings
    smoothing = try GaussianSmoothing(size: context.imageSize, sigma: settings.sigma, device: context.device)
    moments = try VoxelwiseMoments(size: context.imageSize, bins: settings.bins, device: context.device)
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    try moments.add(smoothing(batch.images, weights: batch.brain), weights: batch.brain, at: batch.z)
    return Losses(total: 0)
  }

  /// The mean squared z-score inside the brain: how well unseen participants fit.
  func validationLosses(_ batch: Batch) throws -> Losses? {
    let z = try zScore(batch)
    return Losses(total: Double(try (z.square().sum() / batch.brain.sum().clamp(min: 1)).item()))
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    AnomalyScore(map: try zScore(batch).relu())
  }

  private func zScore(_ batch: Batch) throws -> Tensor {
    let normal = try moments.normal(
      at: batch.z, shrinkage: Float(settings.shrinkage), minimumCount: Float(settings.minimumCount))
    let deviation = try normal.deviation.clamp(min: Float(settings.minimumDeviation))
    let smooth = try smoothing(batch.images, weights: batch.brain)
    return try (smooth - normal.mean) / deviation * normal.isKnown * batch.brain
  }

  var state: [String: Tensor] { get throws { try moments.state } }

  func load(state: [String: Tensor]) throws { try moments.load(state: state) }
}
