import Base

/// Noise over a head: normal numbers on the nodes of a lattice at a random position, with trilinear
/// interpolation.
///
/// A node depends on the seed and its place alone, so any two ranges of slices agree where they overlap.
struct SmoothNoise {
  private let columns: Int
  private let nodes: [Float]
  private let spacing, depth: Float
  /// The position of the first voxel of the anatomy, in nodes.
  private let origin: SIMD3<Float>
  /// The plane of the first node.
  private let lowest: Int
  /// The node to the left of each column and the weight of that to the right.
  private let left: [Int32], weight: [Float]

  /// `spacing` and `depth` are the distances between nodes in voxels within the slice and across; `slices`
  /// are those of the anatomy, and beyond its ends, that can be written.
  init(spacing: Float, depth: Float, slices: ClosedRange<Int>, random: inout SeededGenerator) {
    self.spacing = max(spacing, 1)
    self.depth = max(depth, 1)
    origin = [random.uniform(0...1), random.uniform(0...1), random.uniform(0...1)]
    let side = SyntheticSlice.side, seed = random.next()
    columns = Int(Float(side - 1) / self.spacing) + 3
    let plane = { [origin, depth = self.depth] (slice: Int) -> Int in
      let z = origin.z + Float(slice) / depth
      return Int(z.rounded(.down))
    }
    lowest = plane(slices.lowerBound)
    let size = columns * columns, highest = plane(slices.upperBound) + 1
    nodes = [Float](unsafeUninitializedCapacity: size * (highest - lowest + 1)) { [lowest] buffer, count in
      for plane in lowest...highest {
        var random = SeededGenerator(seed: seed, stream: UInt64(bitPattern: Int64(plane)))
        for node in 0..<size { buffer[(plane - lowest) * size + node] = random.normal() }
      }
      count = buffer.count
    }
    let positions = (0..<side).map { [origin, spacing = self.spacing] in origin.x + Float($0) / spacing }
    left = positions.map { Int32($0) }
    weight = positions.map { $0 - $0.rounded(.down) }
  }

  /// Writes the noise at a slice of the anatomy, or between two.
  func write(slice: Float, to out: UnsafeMutablePointer<Float>) {
    let side = SyntheticSlice.side, size = columns * columns
    let z = origin.z + slice / depth, floor = z.rounded(.down)
    let below = Int(floor) - lowest, tz = z - floor
    precondition(below >= 0 && (below + 2) * size <= nodes.count, "the noise has no slice \(slice)")
    nodes.withUnsafeBufferPointer { nodes in
      left.withUnsafeBufferPointer { left in
        weight.withUnsafeBufferPointer { weight in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: size + columns) { buffer in
            guard let plane = buffer.baseAddress, let first = nodes.baseAddress else { return }
            let row = plane + size, low = first + below * size
            for i in 0..<size { plane[i] = low[i] + tz * (low[i + size] - low[i]) }
            for y in 0..<side {
              let position = origin.y + Float(y) / spacing
              let line = plane + Int(position) * columns, ty = position - position.rounded(.down)
              for x in 0..<columns { row[x] = line[x] + ty * (line[x + columns] - line[x]) }
              let pixels = out + y * side
              for x in 0..<side {
                let node = Int(left[x])
                pixels[x] = row[node] + weight[x] * (row[node + 1] - row[node])
              }
            }
          }
        }
      }
    }
  }
}
