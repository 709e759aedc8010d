import Tensors

/// A channel that a segmentation network sees beside the slice itself.
enum ContextChannel: String, Codable, Hashable, Sendable, CaseIterable {
  /// The z-score of the smoothed slice against mean and standard deviation of the training slices.
  case normative
  /// The difference of a pixel to its mirror image.
  case asymmetry
}

/// Makes the channels of a slice's context, and learns the normal values at every pixel for them.
final class SliceContext: StatefulModule {
  private let channels: [ContextChannel]
  private let smoothing: GaussianSmoothing
  private var moments: VoxelwiseMoments

  /// Standard deviation of the smoothing in pixels, about that of misregistration.
  private static let sigma = 1.0
  /// Least standard deviation of a pixel, in z.
  private static let leastDeviation: Float = 0.3

  init(channels: [ContextChannel], context: MethodContext) throws {
    self.channels = channels
    smoothing = try GaussianSmoothing(size: context.imageSize, sigma: Self.sigma, device: context.device)
    moments = try VoxelwiseMoments(size: context.imageSize, device: context.device)
  }

  var needsMoments: Bool { channels.contains(.normative) }
  var count: Int { channels.count }

  /// Adds slices without their lesions to the moments.
  func learn(_ batch: Batch) throws {
    guard needsMoments else { return }
    let healthy = try batch.brain * (1 - batch.labels())
    try withoutGradients { try moments.add(smooth(batch), weights: healthy, at: batch.z) }
  }

  var state: [String: Tensor] { get throws { try moments.state } }
  func load(_ state: [String: Tensor]) throws { try moments.load(state: state) }

  /// The batch with the normal values at its pixels.
  func addingNormal(to batch: Batch) throws -> ContextBatch {
    guard needsMoments else { return ContextBatch(batch) }
    let normal = try moments.normal(at: batch.z, shrinkage: 0, minimumCount: 2)
    let perDeviation = try normal.isKnown / normal.deviation.clamp(min: Self.leastDeviation)
    return ContextBatch(batch, normal: try .cat([normal.mean, perDeviation], dim: 1))
  }

  /// (batch, channels, size, size), 0 outside the brain; nil without channels.
  func maps(of context: ContextBatch) throws -> Tensor? {
    guard !channels.isEmpty else { return nil }
    return try .cat(channels.map { try map($0, of: context) * context.batch.brain * 0.25 }, dim: 1)
  }

  private func map(_ channel: ContextChannel, of context: ContextBatch) throws -> Tensor {
    let batch = context.batch
    switch channel {
    case .normative:
      guard let normal = context.normal else { return try batch.brain.zerosLike() }
      let mean = try normal.narrow(1, start: 0, length: 1)
      let perDeviation = try normal.narrow(1, start: 1, length: 1)
      return try ((smooth(batch) - mean) * perDeviation).clamp(min: -8, max: 16)
    case .asymmetry:
      // Outside the brain a pixel is as dark as fluid.
      let filled = try (RobustZScale.toZ(batch.images) - RobustZScale.scores.lowerBound) * batch.brain
      return try (filled - filled.flip([3])).avgPool2d(3, stride: 1, padding: 1)
    }
  }

  private func smooth(_ batch: Batch) throws -> Tensor {
    try smoothing(RobustZScale.toZ(batch.images), weights: batch.brain)
  }
}
