/// The SplitMix64 generator (Steele et al. 2014): small, fast, and equal on every machine.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// Creates one of several streams of a seed, identified by numbers such as epoch and step.
  package init(seed: UInt64, stream: UInt64...) {
    var mixer = SeededGenerator(seed: seed)
    for number in stream { mixer = SeededGenerator(seed: mixer.next() ^ number &* 0x9E37_79B9_7F4A_7C15) }
    state = mixer.next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

// The distributions use only `+ - * /` and `sqrt`, so that their results do not depend on the platform.
extension SeededGenerator {
  /// Returns a uniform number in `range`.
  package mutating func uniform(_ range: ClosedRange<Float>) -> Float {
    let unit = Float(next() >> 40) / Float(1 << 24)
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  /// Returns true with the given probability.
  package mutating func chance(_ probability: Float) -> Bool { uniform(0...1) < probability }

  /// Returns a uniform integer in `range`.
  package mutating func count(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// Returns a nearly standard normal number: the scaled sum of eight uniform 16-bit numbers, at most 4.9.
  package mutating func normal() -> Float {
    var sum: Int32 = 0
    for word in [next(), next()] {
      for shift in stride(from: UInt64(0), to: 64, by: 16) { sum += Int32((word >> shift) & 0xFFFF) }
    }
    return (Float(sum) / 65536 - 4) * 1.224_744_9
  }
}
