extension Mask {
  /// The mask and all voxels at most `steps` voxels from it along every axis.
  package func dilated(by steps: Int) -> Mask {
    var result = voxels
    var stride = 1
    for length in shape {
      let before = result
      for index in before.indices where before[index] != 0 {
        let position = index / stride % length
        for other in max(0, position - steps)...min(length - 1, position + steps) {
          result[index + (other - position) * stride] = 1
        }
      }
      stride *= length
    }
    return Mask(geometry: geometry, voxels: result, header: header)
  }

  /// The set voxels and all voxels within `distance` mm of one.
  package func grown(by distance: Double) -> Mask {
    let seeds = voxels.indices.filter { voxels[$0] != 0 }
    guard !seeds.isEmpty else { return self }
    let squared = DistanceTransform(seeds: seeds, shape: shape, spacing: geometry.spacing).squared
    return Mask(geometry: geometry, voxels: squared.map { $0 <= distance * distance ? 1 : 0 }, header: header)
  }
}
