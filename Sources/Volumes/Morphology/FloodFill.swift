extension Mask {
  /// The set voxels that can be reached from `seeds`, which are voxel indices, over faces of set voxels.
  package func connected(to seeds: [Int]) -> Mask {
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    var reached = [UInt8](repeating: 0, count: voxels.count)
    var front = [Int]()
    func reach(_ index: Int) {
      guard voxels[index] != 0, reached[index] == 0 else { return }
      reached[index] = 1
      front.append(index)
    }
    seeds.forEach(reach)
    while let index = front.popLast() {
      let voxel = voxel(at: index)
      if voxel.x > 0 { reach(index - 1) }
      if voxel.x < width - 1 { reach(index + 1) }
      if voxel.y > 0 { reach(index - width) }
      if voxel.y < height - 1 { reach(index + width) }
      if voxel.z > 0 { reach(index - width * height) }
      if voxel.z < depth - 1 { reach(index + width * height) }
    }
    return Mask(geometry: geometry, voxels: reached, header: header)
  }

  /// The mask with its holes filled: the voxels that are not connected to the border of the grid over faces.
  package func fillingHoles() -> Mask {
    let outside = map { $0 == 0 ? UInt8(1) : 0 }.connected(to: borderIndices)
    return outside.map { $0 == 0 ? 1 : 0 }
  }

  /// The voxel indices of the six faces of the grid.
  private var borderIndices: [Int] {
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    return (0..<height * depth).flatMap { row in
      let (y, z) = (row % height, row / height)
      let isFace = z == 0 || z == depth - 1 || y == 0 || y == height - 1
      return stride(from: row * width, to: (row + 1) * width, by: isFace ? 1 : max(width - 1, 1))
    }
  }
}
