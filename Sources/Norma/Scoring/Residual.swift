public import Tensors

/// What of the difference between input and reconstruction counts as anomalous.
public enum Residual: String, Codable, Hashable, Sendable, CaseIterable {
  /// max(x - x̂, 0): brighter than expected, which on FLAIR is the lesion's side.
  case positive
  /// |x - x̂|
  case absolute
  /// (x - x̂)²
  case squared

  /// The residual map, same shape as both inputs.
  public func map(of input: Tensor, reconstruction: Tensor) throws -> Tensor {
    let difference = try input - reconstruction
    return switch self {
    case .positive: try difference.relu()
    case .absolute: try difference.abs()
    case .squared: try difference.square()
    }
  }
}
