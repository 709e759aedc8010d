extension Mask {
  /// The set voxels that can be reached from `seeds`, which are voxel indices, over faces of set voxels.
  package func connected(to seeds: [Int]) -> Mask { flooded(from: seeds, value: 1) }

  /// The mask with its holes filled: the unset voxels that are not connected to the border of the grid over
  /// faces.
  package func fillingHoles() -> Mask { flooded(from: borderIndices, value: 0) }

  /// `value` (0 or 1) in the voxels of this value that can be reached from `seeds` over their faces, the
  /// other value elsewhere.
  private func flooded(from seeds: [Int], value: UInt8) -> Mask {
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    var flooded = [UInt8](repeating: 1 - value, count: voxels.count)
    var front = [Int]()
    func reach(_ index: Int) {
      guard min(voxels[index], 1) == value, flooded[index] != value else { return }
      flooded[index] = value
      front.append(index)
    }
    for seed in seeds { reach(seed) }
    while let index = front.popLast() {
      let voxel = voxel(at: index)
      if voxel.x > 0 { reach(index - 1) }
      if voxel.x < width - 1 { reach(index + 1) }
      if voxel.y > 0 { reach(index - width) }
      if voxel.y < height - 1 { reach(index + width) }
      if voxel.z > 0 { reach(index - width * height) }
      if voxel.z < depth - 1 { reach(index + width * height) }
    }
    return Mask(geometry: geometry, voxels: flooded, header: header)
  }

  /// The voxel indices of the faces of the grid.
  private var borderIndices: [Int] {
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    var indices = [Int]()
    indices.reserveCapacity(2 * (width * height + height * depth + depth * width))
    for row in 0..<height * depth {
      let (y, z) = (row % height, row / height)
      let isFace = z == 0 || z == depth - 1 || y == 0 || y == height - 1
      indices += stride(from: row * width, to: (row + 1) * width, by: isFace ? 1 : max(width - 1, 1))
    }
    return indices
  }
}
