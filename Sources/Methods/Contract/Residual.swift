public import Tensors

/// What of the difference between input and reconstruction counts as anomalous.
public enum Residual: String, Codable, Hashable, Sendable, CaseIterable {
  /// max(x - x̂, 0): brighter than expected, as lesions are on FLAIR.
  case positive
  /// |x - x̂|
  case absolute
  /// (x - x̂)²
  case squared
  /// 1 - SSIM(x, x̂), the mean over windows of 5, 7 and 11 pixels: structure as well as intensity, without a sign.
  case structural

  /// The residual map, of the shape of both inputs, which is (batch, 1, height, width).
  public func map(of input: Tensor, reconstruction: Tensor) throws -> Tensor {
    switch self {
    case .positive: try (input - reconstruction).relu()
    case .absolute: try (input - reconstruction).abs()
    case .squared: try (input - reconstruction).square()
    case .structural: try StructuralSimilarity.dissimilarity(of: input, reconstruction)
    }
  }
}
