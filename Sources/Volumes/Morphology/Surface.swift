extension Mask {
  /// The surface voxels of a mask inside a box, as indices into the box, x fastest.
  ///
  /// A surface voxel is a set voxel with a face neighbour (6 in 3-D, 4 in a single slice) that is not set or
  /// is beyond the border of the grid: `mask & ~scipy.ndimage.binary_erosion(mask)`.
  package func surface(in box: [Range<Int>]) -> [Int] {
    let extent = shape, strides = [1, shape[0], shape[0] * shape[1]]
    // Along an axis with a single voxel there is no neighbour.
    let axes = (0..<3).filter { extent[$0] > 1 }
    var surface = [Int](), position = 0
    voxels.withUnsafeBufferPointer { voxels in
      for z in box[2] {
        for y in box[1] {
          for x in box[0] {
            defer { position += 1 }
            let voxel = SIMD3(x, y, z)
            let index = x + y * strides[1] + z * strides[2]
            guard voxels[index] != 0 else { continue }
            let isInside = axes.allSatisfy { axis in
              voxel[axis] > 0 && voxel[axis] < extent[axis] - 1 && voxels[index - strides[axis]] != 0
                && voxels[index + strides[axis]] != 0
            }
            if !isInside { surface.append(position) }
          }
        }
      }
    }
    return surface
  }
}
