import Volumes

extension Mask {
  /// The largest 26-connected component; of equals the first, of nothing nothing.
  package func largestComponent() -> Mask {
    let components = components()
    guard components.count > 1 else { return self }
    var sizes = [Int](repeating: 0, count: components.count + 1)
    for label in components.labels.voxels { sizes[Int(label)] += 1 }
    sizes[0] = 0
    let largest = Int32(sizes.indices.max { (sizes[$0], -$0) < (sizes[$1], -$1) } ?? 0)
    let voxels = components.labels.voxels.map { $0 == largest ? UInt8(1) : 0 }
    return Mask(geometry: geometry, voxels: voxels, header: header)
  }

  /// The mask with every hole filled: what cannot be reached from the border of the grid over faces of voxels.
  package func fillingHoles() -> Mask {
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    var filled = [UInt8](repeating: 1, count: voxels.count)
    var front = [Int]()
    func reach(_ index: Int) {
      guard voxels[index] == 0, filled[index] == 1 else { return }
      filled[index] = 0
      front.append(index)
    }
    for z in 0..<depth {
      for y in 0..<height {
        let row = width * (y + height * z)
        let isFace = z == 0 || z == depth - 1 || y == 0 || y == height - 1
        for x in isFace ? Array(0..<width) : [0, width - 1] { reach(row + x) }
      }
    }
    while let index = front.popLast() {
      let (x, y, z) = (index % width, index / width % height, index / (width * height))
      if x > 0 { reach(index - 1) }
      if x < width - 1 { reach(index + 1) }
      if y > 0 { reach(index - width) }
      if y < height - 1 { reach(index + width) }
      if z > 0 { reach(index - width * height) }
      if z < depth - 1 { reach(index + width * height) }
    }
    return Mask(geometry: geometry, voxels: filled, header: header)
  }
}

extension Mask {
  /// The smallest box of voxels that holds the mask; nil where the mask is empty.
  package var box: [Range<Int>]? {
    var low = shape, high = [0, 0, 0]
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        let start = (z * shape[1] + y) * shape[0]
        let row = voxels[start..<start + shape[0]]
        guard let left = row.firstIndex(where: { $0 != 0 }), let right = row.lastIndex(where: { $0 != 0 })
        else { continue }
        for (axis, (first, last)) in [(left - start, right - start), (y, y), (z, z)].enumerated() {
          low[axis] = min(low[axis], first)
          high[axis] = max(high[axis], last + 1)
        }
      }
    }
    return high[0] == 0 ? nil : (0..<3).map { low[$0]..<high[$0] }
  }

  /// The mask and all voxels that lie no more than `steps` voxels from it along every axis.
  package func dilated(by steps: Int) -> Mask {
    var result = voxels
    var stride = 1
    for length in shape {
      let before = result
      for index in before.indices where before[index] != 0 {
        let place = index / stride % length
        for other in max(0, place - steps)...min(length - 1, place + steps) {
          result[index + (other - place) * stride] = 1
        }
      }
      stride *= length
    }
    return Mask(geometry: geometry, voxels: result, header: header)
  }
}
