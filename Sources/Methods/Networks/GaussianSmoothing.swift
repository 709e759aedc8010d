import Foundation
package import Tensors

/// Gaussian smoothing of maps (..., size, size), as two matrix products.
package struct GaussianSmoothing {
  private let kernel: Tensor

  /// A Gaussian of `sigma` pixels for maps of `size` pixels, with weights that add up to 1 at the border too.
  package init(size: Int, sigma: Double, device: Device) throws {
    var weights = [Float](repeating: 0, count: size * size)
    for row in 0..<size {
      let line = (0..<size).map { sigma > 0 ? exp(-pow(Double($0 - row) / sigma, 2) / 2) : $0 == row ? 1 : 0 }
      let total = line.reduce(0, +)
      for column in 0..<size { weights[row * size + column] = Float(line[column] / total) }
    }
    kernel = try Tensor(weights, shape: [size, size], device: device)
  }

  /// The weighted local mean; pixels of weight 0 do not count.
  package func callAsFunction(_ map: Tensor, weights: Tensor) throws -> Tensor {
    let smoothedWeights = try smooth(weights)
    return try smooth(map * weights) / smoothedWeights.clamp(min: 1e-6)
  }

  private func smooth(_ map: Tensor) throws -> Tensor {
    try kernel.matmul(map).matmul(kernel.transpose(0, 1))
  }
}
