// Simulation draws with `+ - * /` and `sqrt` only, so that a cohort does not depend on a platform's
// mathematical library.
extension SeededGenerator {
  /// Uniform in `range`.
  mutating func uniform(_ range: ClosedRange<Float>) -> Float {
    let unit = Float(next() >> 40) / Float(1 << 24)
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool { uniform(0...1) < probability }

  /// A whole number in `range`.
  mutating func count(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// Nearly standard normal: the sum of eight uniform 16-bit numbers, which ends at 4.9 standard deviations.
  mutating func normal() -> Float {
    var sum: Int32 = 0
    for word in [next(), next()] {
      for shift in stride(from: UInt64(0), to: 64, by: 16) { sum += Int32((word >> shift) & 0xFFFF) }
    }
    return (Float(sum) / 65536 - 4) * 1.224_744_9
  }

  /// A unit vector.
  mutating func direction() -> Point { Point(normal(), normal(), normal()).normalized }
}
