import Base
import Foundation
import Tensors

/// Random positions, shapes and textures on the model grid; equal seeds give equal ones on every device.
package struct Brush {
  /// Side of the grid in pixels.
  let size: Int
  let device: Device
  /// Column and row of every pixel, (size, size).
  let column, row: Tensor
  /// The source of all random numbers.
  var generator: SeededGenerator

  init(size: Int, device: Device, generator: SeededGenerator) throws {
    (self.size, self.device, self.generator) = (size, device, generator)
    let numbers = try Tensor.arange(0, Float(size), device: device)
    column = try numbers.reshape([1, size]).expand([size, size])
    row = try numbers.reshape([size, 1]).expand([size, size])
  }

  /// A region to paint in: its centre and its radius in pixels.
  struct Spot {
    var column, row: Float
    var radius: Float
  }

  /// A random number whose logarithm is uniform.
  mutating func logUniform(_ range: ClosedRange<Float>) -> Float {
    exp(generator.uniform(log(range.lowerBound)...log(range.upperBound)))
  }

  /// A random radius between these fractions of the grid's side, at least one pixel.
  mutating func radius(_ shares: ClosedRange<Float>) -> Float { max(1, Float(size) * logUniform(shares)) }

  /// A spot around a random pixel of `inside`, whose pixels are numbered row by row.
  mutating func spot(in inside: [Int], radius: Float) -> Spot {
    let pixel = inside[Int(generator.next() % UInt64(inside.count))]
    return Spot(column: Float(pixel % size), row: Float(pixel / size), radius: radius)
  }

  /// Nearly normal noise at `cells` x `cells` nodes, bilinear between them; (size, size).
  mutating func noise(cells: Int) throws -> Tensor {
    let nodes = (0..<cells * cells).map { _ in generator.normal() }
    let lattice = try Tensor(nodes, shape: [1, 1, cells, cells], device: device)
    return try (cells == size ? lattice : lattice.interpolate2d([size, size])).reshape([size, size])
  }

  /// Noise at three scales; the coarser it is, the stronger.
  mutating func texture() throws -> Tensor {
    try noise(cells: 6) * 0.6 + noise(cells: 12) * 0.5 + noise(cells: 24) * 0.4
  }

  /// An ellipse with a rough and more or less soft edge: 1 inside, 0 outside; (size, size).
  mutating func ellipse(_ spot: Spot, roughness: ClosedRange<Float> = 0...0.6) throws -> Tensor {
    let edge = try texture() * generator.uniform(roughness), sharpness = logUniform(4...40)
    return try ((1 - distance(spot) + edge) * sharpness).sigmoid()
  }

  /// Distance from the spot's centre, 1 on an ellipse of random aspect and direction; (size, size).
  mutating func distance(_ spot: Spot) throws -> Tensor {
    let angle = generator.uniform(0...Float.pi), aspect = exp(generator.uniform(-0.7...0.7))
    let (x, y) = (try column - spot.column, try row - spot.row)
    let along = try (x * cos(angle) + y * sin(angle)) / (spot.radius * aspect.squareRoot())
    let across = try (y * cos(angle) - x * sin(angle)) * (aspect.squareRoot() / spot.radius)
    return try (along.square() + across.square()).sqrt()
  }
}
