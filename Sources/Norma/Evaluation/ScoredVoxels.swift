/// Scores with their truth, packed for exact ranking: a non-negative Float's bits keep its order in 31 bits,
/// the lowest of the 32 holds the label.
package struct ScoredVoxels {
  private var keys: [UInt32] = []

  package init() {}

  /// Adds one voxel; `score` must not be negative or NaN.
  package mutating func add(score: Float, isLesion: Bool) {
    keys.append(max(score, 0).bitPattern << 1 | (isLesion ? 1 : 0))
  }

  package mutating func reserveCapacity(_ count: Int) { keys.reserveCapacity(count) }

  package mutating func append(contentsOf other: ScoredVoxels) { keys += other.keys }

  package var count: Int { keys.count }

  /// One score value and how many voxels of either truth have it.
  struct Tie {
    let score: Float
    var lesion = 0
    var healthy = 0
  }

  /// Calls `body` for every distinct score, highest first.
  func forEachTieDescending(_ body: (Tie) -> Void) {
    let sorted = Self.radixSorted(keys)
    var end = sorted.count
    while end > 0 {
      let bits = sorted[end - 1] >> 1
      var tie = Tie(score: Float(bitPattern: bits))
      while end > 0, sorted[end - 1] >> 1 == bits {
        if sorted[end - 1] & 1 == 1 { tie.lesion += 1 } else { tie.healthy += 1 }
        end -= 1
      }
      body(tie)
    }
  }

  /// Voxels whose score exceeds `threshold`.
  func counts(above threshold: Double) -> (lesion: Int, healthy: Int) {
    var lesion = 0, healthy = 0
    for key in keys where Double(Float(bitPattern: key >> 1)) > threshold {
      if key & 1 == 1 { lesion += 1 } else { healthy += 1 }
    }
    return (lesion, healthy)
  }

  /// How many voxels of either truth fall into each bin; bin b holds scores > edges[b] (edges falling), the
  /// last bin the rest.
  func histogram(fallingEdges edges: [Float]) -> (lesion: [Float], healthy: [Float]) {
    var lesion = [Float](repeating: 0, count: edges.count + 1), healthy = lesion
    for key in keys {
      let score = Float(bitPattern: key >> 1)
      var low = 0, high = edges.count
      while low < high {
        let middle = (low + high) / 2
        if score > edges[middle] { high = middle } else { low = middle + 1 }
      }
      if key & 1 == 1 { lesion[low] += 1 } else { healthy[low] += 1 }
    }
    return (lesion, healthy)
  }

  /// Ascending, in three passes of eleven bits.
  private static func radixSorted(_ keys: [UInt32]) -> [UInt32] {
    let bits = 11, size = 1 << bits
    var source = keys
    var target = [UInt32](repeating: 0, count: keys.count)
    for pass in 0..<3 {
      let shift = UInt32(pass * bits), mask = UInt32(size - 1)
      var positions = [Int](repeating: 0, count: size + 1)
      for key in source { positions[Int(key >> shift & mask) + 1] += 1 }
      for digit in 0..<size { positions[digit + 1] += positions[digit] }
      for key in source {
        let digit = Int(key >> shift & mask)
        target[positions[digit]] = key
        positions[digit] += 1
      }
      swap(&source, &target)
    }
    return source
  }
}
