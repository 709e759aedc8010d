extension Mask {
  /// Calls `body` with the world position of each set voxel on a grid of this shape.
  package func forEachVoxel(in geometry: Geometry, _ body: (SIMD3<Double>) -> Void) {
    for index in voxels.indices where voxels[index] != 0 {
      body(geometry.world(ofVoxel: SIMD3<Double>(voxel(at: index))))
    }
  }

  /// The set voxels whose world position on a grid of this shape passes `isIncluded`.
  package func keeping(in geometry: Geometry, _ isIncluded: (SIMD3<Double>) -> Bool) -> Mask {
    var result = voxels
    for index in voxels.indices where voxels[index] != 0 {
      if !isIncluded(geometry.world(ofVoxel: SIMD3<Double>(voxel(at: index)))) { result[index] = 0 }
    }
    return Mask(geometry: self.geometry, voxels: result, header: header)
  }

  /// The mask in these axial slices, empty in all others.
  package func keeping(slices: [Int]) -> Mask {
    var result = [UInt8](repeating: 0, count: voxels.count)
    for k in slices {
      let slice = slice(k)
      result.replaceSubrange(slice.indices, with: slice)
    }
    return Mask(geometry: geometry, voxels: result)
  }
}
