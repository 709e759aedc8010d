import Base
import Volumes

/// Four values per node of a regular grid in template world space, with trilinear interpolation.
struct Lattice: Sendable {
  let shape: SIMD3<Int>
  /// The world position of the first node in mm.
  let origin: Point
  /// The distance between nodes in mm.
  let spacing: Float
  /// The values of the nodes, with x contiguous.
  var values: [SIMD4<Float>]

  var count: Int { shape.x * shape.y * shape.z }

  /// The nodes as voxels.
  var geometry: Geometry {
    let step = Double(spacing)
    return Geometry(
      shape: [shape.x, shape.y, shape.z],
      affine: Affine(
        i: SIMD3(step, 0, 0), j: SIMD3(0, step, 0), k: SIMD3(0, 0, step), origin: SIMD3<Double>(origin)))
  }

  func index(_ x: Int, _ y: Int, _ z: Int) -> Int { (z * shape.y + y) * shape.x + x }

  func position(_ x: Int, _ y: Int, _ z: Int) -> Point {
    origin + spacing * Point(Float(x), Float(y), Float(z))
  }

  /// Returns the value at a world position, extended constantly beyond the border.
  func value(_ point: Point) -> SIMD4<Float> {
    let last = Point(Float(shape.x - 1), Float(shape.y - 1), Float(shape.z - 1))
    let scaled = ((point - origin) / spacing).clamped(lowerBound: .zero, upperBound: last)
    let lower = scaled.rounded(.down)
    let t = scaled - lower
    let x = Int(lower.x), y = Int(lower.y), z = Int(lower.z)
    let stepX = x + 1 < shape.x ? 1 : 0
    let stepY = y + 1 < shape.y ? shape.x : 0
    let stepZ = z + 1 < shape.z ? shape.x * shape.y : 0
    let first = index(x, y, z)
    return values.withUnsafeBufferPointer { values in
      func row(_ start: Int) -> SIMD4<Float> {
        values[start] + t.x * (values[start + stepX] - values[start])
      }
      func plane(_ start: Int) -> SIMD4<Float> {
        let near = row(start)
        return near + t.y * (row(start + stepY) - near)
      }
      let near = plane(first)
      return near + t.z * (plane(first + stepZ) - near)
    }
  }

  /// Returns a lattice of zeros over the same box, with nodes `spacing` mm apart.
  func coarsened(spacing coarse: Float) -> Lattice {
    func nodes(_ count: Int) -> Int { Int((Float(count - 1) * spacing / coarse).rounded(.up)) + 1 }
    let shape = SIMD3(nodes(shape.x), nodes(shape.y), nodes(shape.z))
    return Lattice(
      shape: shape, origin: origin, spacing: coarse,
      values: Array(repeating: .zero, count: shape.x * shape.y * shape.z))
  }

  /// Returns four independent smooth random fields of mean 0 and variance 1 on the nodes, with structures of
  /// about `radius` mm.
  func smoothNoise(radius: Float, random: inout SeededGenerator) -> [SIMD4<Float>] {
    let radius = max(1, Int((radius / spacing).rounded()))
    var noise = values
    for i in noise.indices {
      noise[i] = SIMD4(random.normal(), random.normal(), random.normal(), random.normal())
    }
    for _ in 0..<3 {
      boxBlur(&noise, radius: radius, length: shape.x, stride: 1)
      boxBlur(&noise, radius: radius, length: shape.y, stride: shape.x)
      boxBlur(&noise, radius: radius, length: shape.z, stride: shape.x * shape.y)
    }
    let mean = noise.reduce(.zero, +) / Float(count)
    let variance = noise.reduce(.zero) { $0 + ($1 - mean) * ($1 - mean) } / Float(count)
    return noise.map { ($0 - mean) / variance.squareRoot() }
  }

  /// Replaces values by their running means along one axis.
  private func boxBlur(_ field: inout [SIMD4<Float>], radius: Int, length: Int, stride: Int) {
    let width = Float(2 * radius + 1)
    var line = [SIMD4<Float>](repeating: .zero, count: length)
    // A line starts at every node whose coordinate on that axis is 0.
    for start in 0..<count where (start / stride) % length == 0 {
      for i in 0..<length { line[i] = field[start + i * stride] }
      func clamped(_ i: Int) -> SIMD4<Float> { line[min(max(i, 0), length - 1)] }
      var sum = (-radius...radius).reduce(SIMD4<Float>.zero) { $0 + clamped($1) }
      for i in 0..<length {
        field[start + i * stride] = sum / width
        sum += clamped(i + radius + 1) - clamped(i - radius)
      }
    }
  }
}
