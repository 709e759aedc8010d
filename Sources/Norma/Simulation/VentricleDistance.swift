/// Distance to the lateral ventricles over a grid: they are the fluid connected to two seeds.
struct VentricleDistance {
  let shape: SIMD3<Int>
  /// Distance between voxels, mm.
  let spacing: Float

  /// Distances in mm, at most `limit`, 0 inside; chamfer steps 3-4-5, good to some 8 %.
  func distances(fluid: [Bool], seeds: [SIMD3<Int>], limit: Float) -> [Float] {
    var distance = [Int32](repeating: Int32(3 * limit / spacing), count: fluid.count)
    for index in connected(fluid, seeds: seeds) { distance[index] = 0 }
    sweep(&distance, forward: true)
    sweep(&distance, forward: false)
    return distance.map { Float($0) * spacing / 3 }
  }

  private func connected(_ fluid: [Bool], seeds: [SIMD3<Int>]) -> [Int] {
    let steps = [1, -1, shape.x, -shape.x, shape.x * shape.y, -shape.x * shape.y]
    var seen = [Bool](repeating: false, count: fluid.count)
    var found = seeds.map { ($0.z * shape.y + $0.y) * shape.x + $0.x }.filter { fluid[$0] }
    for index in found { seen[index] = true }
    var next = 0
    while next < found.count {
      for neighbour in steps.map({ found[next] + $0 })
      where fluid.indices.contains(neighbour) && fluid[neighbour] && !seen[neighbour] {
        seen[neighbour] = true
        found.append(neighbour)
      }
      next += 1
    }
    return found
  }

  private func sweep(_ distance: inout [Int32], forward: Bool) {
    var steps: [(offset: Int, cost: Int32)] = []
    for z in -1...0 {
      for y in -1...1 {
        for x in -1...1 {
          let offset = (z * shape.y + y) * shape.x + x
          let cost = [0, 3, 4, 5][abs(x) + abs(y) + abs(z)]
          if offset < 0 { steps.append((forward ? offset : -offset, Int32(cost))) }
        }
      }
    }
    // The border voxels are left out: the head does not reach them.
    let margin = (shape.y + 1) * shape.x + 1
    let inner = margin..<(distance.count - margin)
    distance.withUnsafeMutableBufferPointer { distance in
      for i in 0..<inner.count {
        let index = forward ? inner.lowerBound + i : inner.upperBound - 1 - i
        var best = distance[index]
        for (offset, cost) in steps { best = min(best, distance[index + offset] + cost) }
        distance[index] = best
      }
    }
  }
}
