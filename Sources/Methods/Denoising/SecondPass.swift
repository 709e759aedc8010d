import Tensors

/// A second pass for what the first one leaves of a large lesion: it hides what changed most and reconstructs
/// that from the rest.
struct SecondPass {
  /// Least smoothed change of intensity that is hidden.
  let threshold: Float
  /// The changes that count.
  let residual: Residual

  /// Side of the averaging window before the threshold and growth of the hidden area after it, in pixels.
  private static let (window, growth) = (5, 2)

  /// The first reconstruction where little changed, and elsewhere the reconstruction of the slices with the
  /// hidden area filled by the mean intensity of the rest.
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

  /// 1 where the first pass changed the slice by more than the threshold, 0 elsewhere.
  private func hidden(_ batch: Batch, _ first: Tensor) throws -> Tensor {
    let change = try residual.map(of: batch.images, reconstruction: first) * batch.brain
    return try change.avgPool2d(Self.window, stride: 1, padding: Self.window / 2)
      .greater(than: threshold).to(.float32)
      .maxPool2d(2 * Self.growth + 1, stride: 1, padding: Self.growth) * batch.brain
  }
}
