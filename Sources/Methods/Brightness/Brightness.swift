import StrictSettings
import Tensors

/// The baseline that learns nothing: how much brighter than the brain's median a voxel is.
///
/// The map is max(10 (x - 0.5), 0) of the input x. With the recipe's normalisation `robust-z` that is the
/// z-score. With `equalized` it is the rank above the median's (Meissen et al. 2021), so the method does not
/// ask for z-scores.
final class Brightness: Method {
  struct ModelSettings: Settings {
    /// Standard deviations of Gaussian smoothings within the brain, in pixels of the model grid; the score is
    /// the mean of the smoothed slices. Empty = the slice as it is.
    var sigmas: [Double] = []

    func validate(path: String) throws {
      try require(
        sigmas.allSatisfy { $0 >= 0 && $0 <= 20 }, path, "sigmas", sigmas, "numbers from 0 to 20 pixels")
    }
  }

  static let name = "brightness"
  static let summary = "robust z-score of the brightness inside the brain, smoothed or not; learns nothing"
  static let metadata = MethodMetadata(isStochastic: false)
  static let presets = [
    Preset(
      "brightness", summary: "robust z-score of the brightness inside the brain; learns nothing",
      role: .baseline, comparisonRow: 1,
      yaml: """
        method: brightness
        training: {epochs: 0}
        """),
    Preset(
      "equalized-brightness", shownAs: "equalised brightness",
      summary: "histogram-equalised brightness with median and component filter (Meissen et al. 2021)",
      role: .baseline, comparisonRow: 2,
      yaml: """
        method: brightness
        recipe: {normalization: equalized}
        training: {epochs: 0}
        scoring: {minimumLesionSize: 10}
        """),
    Preset(
      "smooth-brightness",
      summary: "mean of the brightness smoothed by 1.5 and 4.5 mm, for lesions of any size; learns nothing",
      role: .baseline,
      yaml: """
        method: brightness
        model: {sigmas: [1, 3]}
        training: {epochs: 0}
        scoring: {median: 1}
        """),
  ]

  private let smoothings: [GaussianSmoothing]

  init(settings: ModelSettings, context: MethodContext) throws {
    smoothings = try settings.sigmas.map {
      try GaussianSmoothing(size: context.imageSize, sigma: $0, device: context.device)
    }
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses { Losses(total: 0) }
  func validationLosses(_ batch: Batch) throws -> Losses? { Losses(total: 0) }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    let intensity = try RobustZScale.toZ(batch.images)
    let smooth = try smoothings.map { try $0(intensity, weights: batch.brain) }
    return AnomalyScore(map: try (smooth.isEmpty ? intensity : .stack(smooth).mean([0])).relu() * batch.brain)
  }

  let state: [String: Tensor] = [:]
  func load(state: [String: Tensor]) throws {}
}
