import Foundation
import Tensors

/// Running count, sum and sum of squares at every pixel of the model grid, apart for axial bins or for all together.
struct AxialMoments {
  /// The bins that are kept apart; nil: all slices are of one kind.
  private let bins: AxialBins?
  private let size: Int
  private let device: Device
  /// (bins, size * size)
  private var count, sum, sumOfSquares: Tensor

  init(size: Int, bins: AxialBins?, device: Device) throws {
    (self.bins, self.size, self.device) = (bins, size, device)
    func zeros() throws -> Tensor { try .zeros([bins?.count ?? 1, size * size], device: device) }
    (count, sum, sumOfSquares) = (try zeros(), try zeros(), try zeros())
  }

  /// Adds (batch, 1, size, size) values where `weights` is 1; slices of unknown level count at none that is kept apart.
  mutating func add(_ values: Tensor, weights: Tensor, at z: [Double?]) throws {
    let assignment = try matrix(z.map { bins?.membership(of: $0) ?? [1] }).transpose(0, 1)
    let (weights, values) = (try flat(weights), try flat(values * weights))
    count = try count + assignment.matmul(weights)
    sum = try sum + assignment.matmul(values)
    sumOfSquares = try sumOfSquares + assignment.matmul(values * values)
  }

  /// What is normal where slices of a batch lie; each tensor (batch, 1, size, size).
  struct Normal {
    let mean, deviation: Tensor
    /// 1 where enough slices were seen.
    let isKnown: Tensor
  }

  /// Mean and standard deviation at these bins, neighbouring bins lending their slices; both are drawn towards
  /// those of the whole level with the weight of `shrinkage` slices.
  func normal(at z: [Double?], shrinkage: Float, minimumCount: Float) throws -> Normal {
    let lending = try matrix(z.map { bins?.kernel(around: $0) ?? [1] })
    let seen = try lending.matmul(count)
    let divisor = try seen.clamp(min: 1e-6)
    var mean = try lending.matmul(sum) / divisor
    var variance = try (lending.matmul(sumOfSquares) / divisor - mean.square()).clamp(min: 0)
    if shrinkage > 0 {
      let total = try seen.sum([1], keepDim: true).clamp(min: 1e-6)
      let levelMean = try (mean * seen).sum([1], keepDim: true) / total
      let spread = try variance + (mean - levelMean).square()
      let levelVariance = try (spread * seen).sum([1], keepDim: true) / total
      mean = try (mean * seen + levelMean * shrinkage) / (seen + shrinkage)
      variance = try (variance * seen + levelVariance * shrinkage) / (seen + shrinkage)
    }
    return Normal(
      mean: try images(mean), deviation: try images(variance.sqrt()),
      isKnown: try images(seen.less(than: minimumCount).to(.float32) * -1 + 1))
  }

  var state: [String: Tensor] {
    get throws {
      ["count": try maps(count), "sum": try maps(sum), "sum_of_squares": try maps(sumOfSquares)]
    }
  }

  mutating func load(state: [String: Tensor]) throws {
    func flat(_ name: String, _ like: Tensor) throws -> Tensor {
      try state.tensor(name, like: maps(like)).reshape(like.shape)
    }
    count = try flat("count", count)
    sum = try flat("sum", sum)
    sumOfSquares = try flat("sum_of_squares", sumOfSquares)
  }

  private func maps(_ flat: Tensor) throws -> Tensor {
    try flat.reshape(bins == nil ? [size, size] : [flat.shape[0], size, size])
  }

  private func flat(_ images: Tensor) throws -> Tensor { try images.reshape([images.shape[0], size * size]) }

  private func images(_ flat: Tensor) throws -> Tensor { try flat.reshape([flat.shape[0], 1, size, size]) }

  private func matrix(_ rows: [[Float]]) throws -> Tensor {
    try Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count], device: device)
  }
}

/// Axial bins of the template that are kept apart, over the height of the brain.
struct AxialBins: Sendable {
  /// Template-space z in mm of the lowest and highest level.
  private static let range = -81.0...90.0

  /// Distance of the bins in mm.
  let spacing: Double
  /// Standard deviation in mm of the weight with which a level lends its slices to another.
  let smoothing: Double

  var count: Int { Int((Self.range.upperBound - Self.range.lowerBound) / spacing) + 1 }

  /// 1 for the level nearest to z, 0 for the others; all 0 where z is not known.
  func membership(of z: Double?) -> [Float] {
    let nearest = z.map { (($0 - Self.range.lowerBound) / spacing).rounded() }
    return (0..<count).map { Double($0) == nearest ? 1 : 0 }
  }

  /// How much each level lends to a slice at z, at most 1; all the same where z is not known.
  func kernel(around z: Double?) -> [Float] {
    guard let z else { return Array(repeating: 1, count: count) }
    return (0..<count).map { bin in
      let distance = Self.range.lowerBound + Double(bin) * spacing - z
      return Float(exp(-distance * distance / (2 * smoothing * smoothing)))
    }
  }
}
