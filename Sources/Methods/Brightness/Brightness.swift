import StrictSettings
package import Tensors

/// The baseline that learns nothing: how much brighter than the brain's median a voxel is.
///
/// The map is max(10 (x - 0.5), 0) of the input x. With the recipe's normalisation `robust-z` that is the z-score. With
/// `equalized` it is the rank above the median's (Meissen et al. 2021), so the method does not ask for z-scores.
package final class Brightness: Method {
  package struct ModelSettings: Settings {
    /// Standard deviations, in pixels of the model grid, of Gaussian smoothings within the brain whose mean is scored;
    /// empty = the slice as it is.
    var sigmas: [Double] = []

    func validate(path: String) throws {
      try require(
        sigmas.allSatisfy { $0 >= 0 && $0 <= 20 }, path, "sigmas", sigmas, "numbers from 0 to 20 pixels")
    }
  }

  package static let name = "brightness"
  package static let summary =
    "robust z-score of the brightness inside the brain, smoothed or not; learns nothing"

  private let smoothings: [GaussianSmoothing]

  package init(settings: ModelSettings, context: MethodContext) throws {
    smoothings = try settings.sigmas.map {
      try GaussianSmoothing(size: context.imageSize, sigma: $0, device: context.device)
    }
  }

  package func step(_ batch: Batch, _ context: StepContext) throws -> Losses { Losses(total: 0) }
  package func validationLosses(_ batch: Batch) throws -> Losses? { Losses(total: 0) }

  package func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    let intensity = try RobustZScale.toZ(batch.images)
    let smooth = try smoothings.map { try $0(intensity, weights: batch.brain) }
    return AnomalyScore(map: try (smooth.isEmpty ? intensity : .stack(smooth).mean([0])).relu() * batch.brain)
  }

  package let state: [String: Tensor] = [:]
  package func load(state: [String: Tensor]) throws {}
}
