/// SplitMix64: small, seedable, and the same on every platform and in every release of Swift.
///
/// Everything random in the simulation is made from it with `+ - * /` and `sqrt` only, so that a cohort
/// does not depend on a platform's mathematical library.
struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A stream of its own for each combination of keys, e.g. seed, case and purpose.
  init(_ keys: UInt64...) {
    state = keys.reduce(0) { RandomSource.mix($0 &+ $1 &+ 0x9E37_79B9_7F4A_7C15) }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return RandomSource.mix(state)
  }

  /// The finalizer of SplitMix64, good enough to be used as a hash of lattice nodes.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in `range`.
  mutating func uniform(_ range: ClosedRange<Float>) -> Float {
    let unit = Float(next() >> 40) / Float(1 << 24)
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool { uniform(0...1) < probability }

  /// A whole number in `range`.
  mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// Nearly standard normal: the sum of eight uniform 16-bit numbers, which ends at 4.9 standard deviations.
  mutating func normal() -> Float {
    var sum: Int32 = 0
    for word in [next(), next()] {
      for shift in stride(from: 0, to: 64, by: 16) { sum += Int32((word >> UInt64(shift)) & 0xFFFF) }
    }
    return (Float(sum) / 65536 - 4) * 1.224_744_9
  }

  /// A unit vector.
  mutating func direction() -> Point { Point(normal(), normal(), normal()).normalized }
}

/// Continuous noise in -1...1 without a table: a hash at each node of a lattice, trilinear between nodes.
struct HashNoise: Sendable {
  let key: UInt64
  let spacing: Float

  /// Noise whose nodes lie `spacing` mm apart, one pattern per `key`.
  init(key: UInt64, spacing: Float) {
    self.key = key
    self.spacing = spacing
  }

  func callAsFunction(_ point: Point) -> Float {
    let scaled = point / spacing
    let lower = scaled.rounded(.down)
    let t = scaled - lower
    let x = Int64(lower.x)
    let y = Int64(lower.y)
    let z = Int64(lower.z)
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
    let hash = RandomSource.mix(cell &* 0x9E37_79B9_7F4A_7C15 ^ key)
    return Float(hash >> 40) / Float(1 << 23) - 1
  }
}
