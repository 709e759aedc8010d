public import Tensors

/// The score of a batch.
public struct AnomalyScore: Sendable {
  /// (batch, 1, size, size): 0 = as expected, larger = more anomalous, never negative, and 0 outside the
  /// brain.
  public let map: Tensor
  /// (batch, 1, size, size): the reconstructed input; nil for methods that do not reconstruct.
  public let reconstruction: Tensor?
  /// (batch, 7, size, size): the probability of each ``Tissue``, 0 outside the brain; nil for methods that do
  /// not tell tissues apart.
  public let tissues: Tensor?

  /// A score; `map` must not be negative.
  public init(map: Tensor, reconstruction: Tensor? = nil, tissues: Tensor? = nil) {
    (self.map, self.reconstruction, self.tissues) = (map, reconstruction, tissues)
  }

  /// The residual of a reconstruction, inside the brain.
  package init(_ batch: Batch, reconstruction: Tensor, residual: Residual) throws {
    let inside = try reconstruction * batch.brain
    self.init(
      map: try residual.map(of: batch.images, reconstruction: inside) * batch.brain, reconstruction: inside)
  }
}
