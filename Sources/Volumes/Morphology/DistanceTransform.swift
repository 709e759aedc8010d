/// The exact Euclidean distance transform of Felzenszwalb and Huttenlocher (2012), axis by axis.
package struct DistanceTransform {
  /// The squared distance in mm² of every voxel, x fastest, to the nearest seed; infinite without seeds.
  package private(set) var squared: [Double]

  /// `seeds` are voxel indices in an array of `shape` (x, y, z) with voxels of `spacing` mm.
  package init(seeds: [Int], shape: [Int], spacing: SIMD3<Double>) {
    squared = [Double](repeating: .infinity, count: shape.reduce(1, *))
    for seed in seeds { squared[seed] = 0 }
    let strides = [1, shape[0], shape[0] * shape[1]]
    for axis in 0..<3 where shape[axis] > 1 {
      // Lines beside each other in memory are transformed one after the other.
      let (outer, inner) = (axis == 2 ? 1 : 2, axis == 0 ? 1 : 0)
      squared.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let values = buffer
        parallelFor(shape[outer]) { i in
          var envelope = LowerEnvelope(count: shape[axis], spacing: spacing[axis])
          for j in 0..<shape[inner] {
            envelope.transform(values, from: i * strides[outer] + j * strides[inner], stride: strides[axis])
          }
        }
      }
    }
  }
}

/// The lower envelope of parabolas along one line of voxels.
private struct LowerEnvelope {
  private let spacing: Double
  private var heights: [Double]
  /// The voxels whose parabolas form the envelope, and the positions from which each does.
  private var sites: [Int]
  private var starts: [Double]

  init(count: Int, spacing: Double) {
    self.spacing = spacing
    heights = [Double](repeating: 0, count: count)
    sites = [Int](repeating: 0, count: count)
    starts = [Double](repeating: 0, count: count)
  }

  mutating func transform(_ values: UnsafeMutableBufferPointer<Double>, from first: Int, stride: Int) {
    var last = -1
    for index in heights.indices {
      let height = values[first + index * stride]
      heights[index] = height
      guard height.isFinite else { continue }
      var start = -Double.infinity
      while last >= 0 {
        start = crossing(sites[last], index)
        if start > starts[last] { break }
        last -= 1
      }
      last += 1
      (sites[last], starts[last]) = (index, last == 0 ? -.infinity : start)
    }
    guard last >= 0 else { return }
    var current = 0
    for index in heights.indices {
      let position = Double(index) * spacing
      while current < last, starts[current + 1] < position { current += 1 }
      let offset = position - Double(sites[current]) * spacing
      values[first + index * stride] = offset * offset + heights[sites[current]]
    }
  }

  /// The position from which the parabola of `right` is below that of `left`.
  private func crossing(_ left: Int, _ right: Int) -> Double {
    let (a, b) = (Double(left) * spacing, Double(right) * spacing)
    return (heights[right] + b * b - heights[left] - a * a) / (2 * (b - a))
  }
}
