import Volumes

/// How a region that a rater added grows from a voxel.
struct RegionGrowth: Codable, Hashable, Sendable {
  /// The smallest score of its voxels, at least 0. A voxel without a score counts as 0.
  let least: Double
  /// The largest distance of its voxels from the first one, from centre to centre, in mm.
  let radius: Double

  /// The largest radius in mm, which bounds the work of a request.
  static let largestRadius = 30.0
  /// The largest number of added regions of a case.
  static let mostPerCase = 200

  /// Whether both numbers are within their limits.
  var isValid: Bool { least.isFinite && least >= 0 && radius > 0 && radius <= Self.largestRadius }

  /// The indices of the voxels that are connected (26-connected) to a voxel of the map over voxels with at least the
  /// least score and within the radius; empty if the voxel itself has a smaller score.
  func voxels(of map: Volume, from seed: SIMD3<Int>) -> Set<Int> {
    let shape = SIMD3(map.shape), affine = map.geometry.affine, centre = affine.apply(SIMD3<Double>(seed))
    // The affine of a file is rounded, which may move a voxel on the sphere outside.
    let (limit, reach) = (Float(least), radius + 1e-3)
    func index(_ voxel: SIMD3<Int>) -> Int { voxel.x + shape.x * (voxel.y + shape.y * voxel.z) }
    func belongs(_ voxel: SIMD3<Int>) -> Bool {
      let score = map.voxels[index(voxel)]
      return (score.isNaN ? 0 : score) >= limit
        && (affine.apply(SIMD3<Double>(voxel)) - centre).length <= reach
    }
    guard belongs(seed) else { return [] }
    var found: Set = [index(seed)], front = [seed]
    while let voxel = front.popLast() {
      let first = pointwiseMax(voxel &- 1, .zero), last = pointwiseMin(voxel &+ 1, shape &- 1)
      for z in first.z...last.z {
        for y in first.y...last.y {
          for x in first.x...last.x {
            let neighbour = SIMD3(x, y, z)
            if belongs(neighbour), found.insert(index(neighbour)).inserted { front.append(neighbour) }
          }
        }
      }
    }
    return found
  }
}
