import Foundation
import Tensors

/// Running count, sum and sum of squares at every pixel of the model grid: one pass, any number of slices.
struct VoxelwiseMoments {
  private(set) var count: Tensor
  private var sum: Tensor
  private var sumOfSquares: Tensor

  init(size: Int, device: Device) throws {
    count = try .zeros([size, size], device: device)
    sum = try .zeros([size, size], device: device)
    sumOfSquares = try .zeros([size, size], device: device)
  }

  /// Adds (batch, 1, size, size) values where `weights` is 1.
  mutating func add(_ values: Tensor, weights: Tensor) throws {
    let inside = try values * weights
    count = try count + weights.sum([0, 1])
    sum = try sum + inside.sum([0, 1])
    sumOfSquares = try sumOfSquares + inside.square().sum([0, 1])
  }

  /// (size, size); 0 where nothing was seen.
  func mean() throws -> Tensor { try sum / count.clamp(min: 1) }

  /// Standard deviation, (size, size); 0 where nothing was seen.
  func deviation() throws -> Tensor {
    try (sumOfSquares / count.clamp(min: 1) - mean().square()).clamp(min: 0).sqrt()
  }
}

/// Gaussian smoothing of (..., size, size) maps as two matrix products.
struct GaussianSmoothing {
  private let kernel: Tensor

  init(size: Int, sigma: Double, device: Device) throws {
    var weights = [Float](repeating: 0, count: size * size)
    for row in 0..<size {
      let line = (0..<size).map { sigma > 0 ? exp(-pow(Double($0 - row) / sigma, 2) / 2) : $0 == row ? 1 : 0 }
      let total = line.reduce(0, +)
      for column in 0..<size { weights[row * size + column] = Float(line[column] / total) }
    }
    kernel = try Tensor(weights, shape: [size, size], device: device)
  }

  /// The weighted local mean; pixels of weight 0 lend nothing to their neighbours.
  func callAsFunction(_ map: Tensor, weights: Tensor) throws -> Tensor {
    let smoothedWeights = try smooth(weights)
    return try smooth(map * weights) / smoothedWeights.clamp(min: 1e-6)
  }

  private func smooth(_ map: Tensor) throws -> Tensor {
    try kernel.matmul(map).matmul(kernel.transpose(0, 1))
  }
}

extension [String: Tensor] {
  /// The tensor of that name; throws a ``ParameterError`` when it is missing or shaped unlike `example`.
  func tensor(_ name: String, like example: Tensor) throws -> Tensor {
    try tensor(name, shape: example.shape).to(example.device)
  }

  /// The tensor of that name; throws a ``ParameterError`` when it is missing or has another shape.
  func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    guard let tensor = self[name] else { throw ParameterError.missing(path: name, shape: shape) }
    guard tensor.shape == shape else {
      throw ParameterError.shape(path: name, expected: shape, actual: tensor.shape)
    }
    return tensor
  }
}
