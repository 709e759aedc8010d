import Foundation
package import Tensors

/// Running count, sum and sum of squares at every pixel of the model grid: one pass, any number of slices.
package struct VoxelwiseMoments {
  package private(set) var count: Tensor
  private var sum: Tensor
  private var sumOfSquares: Tensor

  package init(size: Int, device: Device) throws {
    count = try .zeros([size, size], device: device)
    sum = try .zeros([size, size], device: device)
    sumOfSquares = try .zeros([size, size], device: device)
  }

  /// Adds (batch, 1, size, size) values where `weights` is 1.
  package mutating func add(_ values: Tensor, weights: Tensor) throws {
    let inside = try values * weights
    count = try count + weights.sum([0, 1])
    sum = try sum + inside.sum([0, 1])
    sumOfSquares = try sumOfSquares + inside.square().sum([0, 1])
  }

  /// (size, size); 0 where nothing was seen.
  package func mean() throws -> Tensor { try sum / count.clamp(min: 1) }

  /// Standard deviation, (size, size); 0 where nothing was seen.
  package func deviation() throws -> Tensor {
    try (sumOfSquares / count.clamp(min: 1) - mean().square()).clamp(min: 0).sqrt()
  }
}
