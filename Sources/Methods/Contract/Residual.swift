public import Tensors

/// The part of the difference between input x and reconstruction x̂ that counts as anomalous.
public enum Residual: String, Codable, Hashable, Sendable, CaseIterable {
  /// max(x - x̂, 0): brighter than expected, as lesions are on FLAIR.
  case positive
  /// |x - x̂|
  case absolute
  /// (x - x̂)²
  case squared
  /// 1 - SSIM(x, x̂), the mean over windows of 5, 7 and 11 pixels: structure as well as intensity, without a
  /// sign.
  case structural

  /// The residual map of two images.
  ///
  /// - Parameters:
  ///   - input: The image, `[batch, 1, height, width]`.
  ///   - reconstruction: Its reconstruction, of the same shape.
  /// - Returns: Values of 0 or more, of the same shape.
  /// - Throws: A `TensorError` if the shapes differ.
  public func map(of input: Tensor, reconstruction: Tensor) throws -> Tensor {
    switch self {
    case .positive: try (input - reconstruction).relu()
    case .absolute: try (input - reconstruction).abs()
    case .squared: try (input - reconstruction).square()
    case .structural: try StructuralSimilarity.dissimilarity(of: input, reconstruction)
    }
  }
}
