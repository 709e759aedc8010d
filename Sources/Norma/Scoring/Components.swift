public import Volumes

/// Connected components of a mask: 26-connected in 3-D, which in a single slice is 8-connected.
public struct Components: Sendable {
  /// 0 outside, 1...count inside, numbered in the order of their first voxel.
  public let labels: Labels
  /// How many there are.
  public let count: Int
}

extension Mask {
  /// Labels the connected components (union-find over the already visited half of the neighbours).
  public func components() -> Components {
    let (width, height, depth) = (shape[0], shape[1], shape[2])
    var labels = [Int32](repeating: 0, count: voxels.count)
    var parents: [Int32] = [0]
    func root(_ label: Int32) -> Int32 {
      var label = label
      while parents[Int(label)] != label {
        parents[Int(label)] = parents[Int(parents[Int(label)])]
        label = parents[Int(label)]
      }
      return label
    }
    let visited = [
      (-1, 0, 0), (-1, -1, 0), (0, -1, 0), (1, -1, 0), (-1, -1, -1), (0, -1, -1), (1, -1, -1), (-1, 0, -1),
      (0, 0, -1), (1, 0, -1), (-1, 1, -1), (0, 1, -1), (1, 1, -1),
    ]
    for z in 0..<depth {
      for y in 0..<height {
        for x in 0..<width {
          let index = (z * height + y) * width + x
          guard voxels[index] != 0 else { continue }
          for (dx, dy, dz) in visited {
            let (i, j, k) = (x + dx, y + dy, z + dz)
            guard i >= 0, i < width, j >= 0, j < height, k >= 0 else { continue }
            let neighbour = labels[(k * height + j) * width + i]
            guard neighbour != 0 else { continue }
            if labels[index] == 0 {
              labels[index] = root(neighbour)
            } else {
              let (a, b) = (root(labels[index]), root(neighbour))
              parents[Int(max(a, b))] = min(a, b)
            }
          }
          if labels[index] == 0 {
            labels[index] = Int32(parents.count)
            parents.append(Int32(parents.count))
          }
        }
      }
    }
    var numbers = [Int32](repeating: 0, count: parents.count)
    var count: Int32 = 0
    for index in labels.indices where labels[index] != 0 {
      let label = Int(root(labels[index]))
      if numbers[label] == 0 {
        count += 1
        numbers[label] = count
      }
      labels[index] = numbers[label]
    }
    return Components(labels: Labels(geometry: geometry, voxels: labels, header: header), count: Int(count))
  }
}
