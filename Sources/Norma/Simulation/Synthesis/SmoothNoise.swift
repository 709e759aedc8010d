import Base

/// Noise over a slab: normal numbers on the nodes of a lattice at a random position, with trilinear
/// interpolation.
struct SmoothNoise {
  private let columns, rows: Int
  private let nodes: [Float]
  private let spacing, depth: Float
  /// The position of the first voxel, in nodes.
  private let origin: SIMD3<Float>
  /// The slice of the first node.
  private let lowest: Float
  /// The node to the left of each column and the weight of that to the right.
  private let left: [Int32], weight: [Float]

  /// `spacing` and `depth` are the distances between nodes in voxels within the slice and across; `reach` is
  /// the number of slices on either side of the centre.
  init(spacing: Float, depth: Float, reach: Int, random: inout SeededGenerator) {
    self.spacing = max(spacing, 1)
    self.depth = max(depth, 1)
    origin = [random.uniform(0...1), random.uniform(0...1), random.uniform(0...1)]
    let side = SyntheticSlice.side
    columns = Int(Float(side - 1) / self.spacing) + 3
    rows = columns
    let planes = Int(Float(2 * reach) / self.depth) + 3
    var nodes = [Float](repeating: 0, count: columns * rows * planes)
    for i in nodes.indices { nodes[i] = random.normal() }
    self.nodes = nodes
    let positions = (0..<side).map { [origin, spacing = self.spacing] in origin.x + Float($0) / spacing }
    left = positions.map { Int32($0) }
    weight = positions.map { $0 - $0.rounded(.down) }
    lowest = -Float(reach)
  }

  /// Writes the noise of the slice at an offset from the centre of the slab.
  func write(slice: Float, to out: UnsafeMutablePointer<Float>) {
    let side = SyntheticSlice.side, size = columns * rows
    let z = origin.z + (slice - lowest) / depth
    let below = Int(z), tz = z - z.rounded(.down)
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
