import Base

/// Continuous noise in -1...1: a hash at each node of an infinite lattice, with trilinear interpolation.
struct HashNoise: Sendable {
  /// The seed of the pattern.
  let key: UInt64
  /// The distance between nodes in mm.
  let spacing: Float

  func value(_ point: Point) -> Float {
    let scaled = point / spacing
    let lower = scaled.rounded(.down)
    let t = scaled - lower
    let x = Int64(lower.x), y = Int64(lower.y), z = Int64(lower.z)
    let near = plane(x, y, z, t)
    return near + t.z * (plane(x, y, z + 1, t) - near)
  }

  private func plane(_ x: Int64, _ y: Int64, _ z: Int64, _ t: Point) -> Float {
    let near = edge(x, y, z, t)
    return near + t.y * (edge(x, y + 1, z, t) - near)
  }

  private func edge(_ x: Int64, _ y: Int64, _ z: Int64, _ t: Point) -> Float {
    let near = node(x, y, z)
    return near + t.x * (node(x + 1, y, z) - near)
  }

  private func node(_ x: Int64, _ y: Int64, _ z: Int64) -> Float {
    let cell = UInt64(bitPattern: (z &* 1_000_003 &+ y) &* 1_000_003 &+ x)
    var hash = SeededGenerator(seed: cell &* 0x9E37_79B9_7F4A_7C15 ^ key)
    return Float(hash.next() >> 40) / Float(1 << 23) - 1
  }
}
