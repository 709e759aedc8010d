import Tensors

/// Removes what one pass leaves of a large lesion: hides what it changed most, and reconstructs that from the rest.
struct SecondPass {
  /// Least change of brightness, smoothed, that is hidden.
  let threshold: Float
  /// Which changes count.
  let residual: Residual

  /// Pixels that are averaged before the threshold, and how far the hidden area then grows.
  private static let (window, growth) = (5, 2)

  /// The first reconstruction where little was changed, elsewhere the one of the slices whose hidden area is filled
  /// with the mean brightness of the rest.
  func refine(
    _ batch: Batch, first: Tensor, reconstruct: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let hidden = try hidden(batch, first), rest = try batch.brain - hidden
    let mean =
      try (batch.images * rest).sum([2, 3], keepDim: true)
      / rest.sum([2, 3], keepDim: true).clamp(min: 1)
    let second = try reconstruct(batch.images * (1 - hidden) + mean * hidden)
    return try first * (1 - hidden) + second * hidden
  }

  /// 1 where the first pass changed much, 0 elsewhere.
  private func hidden(_ batch: Batch, _ first: Tensor) throws -> Tensor {
    let change = try residual.map(of: batch.images, reconstruction: first) * batch.brain
    return try change.avgPool2d(Self.window, stride: 1, padding: Self.window / 2)
      .greater(than: threshold).to(.float32)
      .maxPool2d(2 * Self.growth + 1, stride: 1, padding: Self.growth) * batch.brain
  }
}
