/// Scores with their truth, packed for exact ranking: 31 bits of a non-negative Float keep its order, and the
/// lowest of the 32 bits holds the label.
package struct ScoredVoxels {
  private var keys: [UInt32] = []

  package init() {}

  /// Adds a voxel; `score` must not be negative or NaN (-0 counts as 0).
  package mutating func add(score: Float, isLesion: Bool) {
    assert(score >= 0, "a score must not be negative or NaN")
    keys.append(score.bitPattern << 1 | (isLesion ? 1 : 0))
  }

  package mutating func reserveCapacity(_ count: Int) { keys.reserveCapacity(count) }

  package var count: Int { keys.count }

  /// Sorts the voxels in ascending order, in three passes of eleven bits.
  mutating func sort() {
    let bits = 11, size = 1 << bits
    var starts = [Int](repeating: 0, count: 3 * size)
    keys.withUnsafeBufferPointer { keys in
      for key in keys {
        for pass in 0..<3 { starts[pass * size + Int(key >> UInt32(pass * bits)) & (size - 1)] += 1 }
      }
    }
    for pass in 0..<3 where !starts[pass * size..<(pass + 1) * size].contains(keys.count) {
      var sum = 0
      for digit in pass * size..<(pass + 1) * size { (starts[digit], sum) = (sum, sum + starts[digit]) }
      keys = [UInt32](unsafeUninitializedCapacity: keys.count) { sorted, count in
        starts.withUnsafeMutableBufferPointer { starts in
          keys.withUnsafeBufferPointer { keys in
            for key in keys {
              let digit = pass * size + Int(key >> UInt32(pass * bits)) & (size - 1)
              sorted.initializeElement(at: starts[digit], to: key)
              starts[digit] += 1
            }
          }
        }
        count = keys.count
      }
    }
  }

  /// The packed voxels.
  var packed: [UInt32] { keys }

  /// The score of a packed voxel.
  static func score(ofPacked key: UInt32) -> Float { Float(bitPattern: key >> 1) }
}
