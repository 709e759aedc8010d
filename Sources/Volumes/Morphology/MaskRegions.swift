extension Mask {
  /// World coordinates (mm) of the outermost set voxels of a RAS+ mask.
  package var worldBounds: (first: SIMD3<Double>, last: SIMD3<Double>) {
    var low = SIMD3<Double>(repeating: .infinity), high = -low
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        let row = voxels[(z * shape[1] + y) * shape[0]..<(z * shape[1] + y + 1) * shape[0]]
        guard let left = row.firstIndex(where: { $0 != 0 }), let right = row.lastIndex(where: { $0 != 0 })
        else {
          continue
        }
        for x in [left - row.startIndex, right - row.startIndex] {
          let point = geometry.world(ofVoxel: SIMD3(Double(x), Double(y), Double(z)))
          low = pointwiseMin(low, point)
          high = pointwiseMax(high, point)
        }
      }
    }
    return (low, high)
  }

  /// Calls `body` with the place of each set voxel on a grid of this shape.
  package func forEachVoxel(in geometry: Geometry, _ body: (SIMD3<Double>) -> Void) {
    let (width, height) = (shape[0], shape[1])
    for index in voxels.indices where voxels[index] != 0 {
      let (x, y, z) = (index % width, index / width % height, index / (width * height))
      body(geometry.world(ofVoxel: SIMD3(Double(x), Double(y), Double(z))))
    }
  }

  /// The voxels whose place on a grid of this shape fits.
  package func keeping(in geometry: Geometry, _ fits: (SIMD3<Double>) -> Bool) -> Mask {
    let (width, height) = (shape[0], shape[1])
    var result = voxels
    for index in voxels.indices where voxels[index] != 0 {
      let (x, y, z) = (index % width, index / width % height, index / (width * height))
      if !fits(geometry.world(ofVoxel: SIMD3(Double(x), Double(y), Double(z)))) { result[index] = 0 }
    }
    return Mask(geometry: self.geometry, voxels: result, header: header)
  }

  /// The same mask, empty in all axial slices but these.
  package func keeping(slices: [Int]) -> Mask {
    let area = shape[0] * shape[1]
    var result = [UInt8](repeating: 0, count: voxels.count)
    for slice in slices {
      result.replaceSubrange(
        slice * area..<(slice + 1) * area, with: voxels[slice * area..<(slice + 1) * area])
    }
    return Mask(geometry: geometry, voxels: result)
  }

  /// The set voxels and all within `distance` mm of one.
  package func grown(by distance: Double) -> Mask {
    let seeds = voxels.indices.filter { voxels[$0] != 0 }
    guard !seeds.isEmpty else { return self }
    let squared = DistanceTransform(seeds: seeds, shape: shape, spacing: geometry.spacing).squared
    return Mask(geometry: geometry, voxels: squared.map { $0 <= distance * distance ? 1 : 0 }, header: header)
  }
}
