extension Mask {
  /// The smallest box of voxels that holds the mask; nil where the mask is empty.
  package var box: [Range<Int>]? {
    var low = SIMD3(repeating: Int.max), high = SIMD3(repeating: -1)
    forEachRow { first, last in
      low = pointwiseMin(low, first)
      high = pointwiseMax(high, last)
    }
    return high.x < 0 ? nil : (0..<3).map { low[$0]..<high[$0] + 1 }
  }

  /// World coordinates (mm) of the outermost set voxels; infinite without any.
  package var worldBounds: (first: SIMD3<Double>, last: SIMD3<Double>) {
    box(movedBy: .identity) ?? (SIMD3(repeating: .infinity), SIMD3(repeating: -.infinity))
  }

  /// The smallest box in mm around the set voxels after a map of their positions; nil without any.
  package func box(movedBy affine: Affine) -> (low: SIMD3<Double>, high: SIMD3<Double>)? {
    let toSpace = affine.composed(with: geometry.affine)
    var low = SIMD3(repeating: Double.infinity), high = -low
    forEachRow { first, last in
      for voxel in [first, last] {
        let mm = toSpace.apply(SIMD3<Double>(voxel))
        low = pointwiseMin(low, mm)
        high = pointwiseMax(high, mm)
      }
    }
    return low.x <= high.x ? (low, high) : nil
  }

  /// The number of set voxels in one layer of voxels across an axis.
  package func count(inLayer layer: Int, ofAxis axis: Int) -> Int {
    let strides = [1, shape[0], shape[0] * shape[1]]
    let (a, b) = ((axis + 1) % 3, (axis + 2) % 3)
    var count = 0
    for i in 0..<shape[a] {
      for j in 0..<shape[b] where voxels[layer * strides[axis] + i * strides[a] + j * strides[b]] != 0 {
        count += 1
      }
    }
    return count
  }

  /// Calls `body` with the first and the last set voxel of each row along x that has one.
  private func forEachRow(_ body: (_ first: SIMD3<Int>, _ last: SIMD3<Int>) -> Void) {
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        let start = (z * shape[1] + y) * shape[0]
        let row = voxels[start..<start + shape[0]]
        guard let first = row.firstIndex(where: { $0 != 0 }), let last = row.lastIndex(where: { $0 != 0 })
        else { continue }
        body(SIMD3(first - start, y, z), SIMD3(last - start, y, z))
      }
    }
  }
}
