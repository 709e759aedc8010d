/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, and the same numbers on every machine.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A stream of its own for each place (epoch, step, case) of a seeded run.
  package init(seed: UInt64, place: UInt64...) {
    var mixer = SeededGenerator(seed: seed)
    for number in place { mixer = SeededGenerator(seed: mixer.next() ^ number &* 0x9E37_79B9_7F4A_7C15) }
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
