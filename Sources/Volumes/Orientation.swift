/// A permutation and reversal of voxel axes: one of the 48 ways to lay an array along the world's axes.
public struct Orientation: Hashable, Sendable, Codable {
  /// For each input axis, the output axis it becomes.
  public let permutation: [Int]
  /// For each input axis, whether its direction is reversed.
  public let isFlipped: [Bool]

  /// Creates an orientation; `permutation` must contain 0, 1 and 2 once each.
  public init(permutation: [Int], isFlipped: [Bool]) {
    precondition(permutation.sorted() == [0, 1, 2] && isFlipped.count == 3)
    self.permutation = permutation
    self.isFlipped = isFlipped
  }

  /// The orientation that brings a grid closest to RAS; the axis with the largest component is assigned
  /// first, as in nibabel.
  public init(of geometry: Geometry) {
    var rotation = geometry.affine.nearestRotation
    var permutation = [0, 1, 2]
    var isFlipped = [false, false, false]
    let strength = rotation.map { column in (column * column).max() }
    var free: Set = [0, 1, 2]
    for axis in [0, 1, 2].sorted(by: { (-strength[$0], $0) < (-strength[$1], $1) }) {
      let column = rotation[axis]
      let target = free.min { (-abs(column[$0]), $0) < (-abs(column[$1]), $1) } ?? axis
      permutation[axis] = target
      isFlipped[axis] = column[target] < 0
      free.remove(target)
      for other in 0..<3 { rotation[other][target] = 0 }
    }
    self.init(permutation: permutation, isFlipped: isFlipped)
  }

  /// The orientation that undoes this one.
  public func inverse() -> Orientation {
    var permutation = [0, 1, 2]
    var isFlipped = [false, false, false]
    for axis in 0..<3 {
      permutation[self.permutation[axis]] = axis
      isFlipped[self.permutation[axis]] = self.isFlipped[axis]
    }
    return Orientation(permutation: permutation, isFlipped: isFlipped)
  }

  /// The same voxels at the same world positions, with reordered axes.
  public func apply(_ geometry: Geometry) -> Geometry {
    var shape = [1, 1, 1]
    var columns = [SIMD3<Double>](repeating: .zero, count: 3)
    var origin = geometry.affine.origin
    for axis in 0..<3 {
      let column = geometry.affine.columns[axis]
      let target = permutation[axis]
      shape[target] = geometry.shape[axis]
      columns[target] = isFlipped[axis] ? -column : column
      if isFlipped[axis] { origin += column * Double(geometry.shape[axis] - 1) }
    }
    let affine = Affine(i: columns[0], j: columns[1], k: columns[2], origin: origin)
    return Geometry(shape: shape, affine: affine)
  }

  /// The same values at the same world positions, with reordered axes and without interpolation.
  @inlinable
  public func apply<Element>(_ grid: Grid<Element>) -> Grid<Element> {
    let target = apply(grid.geometry)
    let inputStrides = [1, grid.shape[0], grid.shape[0] * grid.shape[1]]
    var strides = [0, 0, 0]
    var start = 0
    for axis in 0..<3 {
      let stride = inputStrides[axis]
      strides[permutation[axis]] = isFlipped[axis] ? -stride : stride
      if isFlipped[axis] { start += stride * (grid.shape[axis] - 1) }
    }
    let voxels = grid.voxels.withUnsafeBufferPointer { source in
      [Element](unsafeUninitializedCapacity: target.voxelCount) { output, count in
        for z in 0..<target.shape[2] {
          for y in 0..<target.shape[1] {
            var from = start + y * strides[1] + z * strides[2]
            for _ in 0..<target.shape[0] {
              output.initializeElement(at: count, to: source[from])
              count += 1
              from += strides[0]
            }
          }
        }
      }
    }
    return Grid(geometry: target, voxels: voxels, header: grid.header)
  }
}

extension Affine {
  /// The columns of the rotation or reflection closest to the axes: the orthogonal polar factor by Newton's
  /// iteration (Higham 1986, doi:10.1137/0907079).
  package var nearestRotation: [SIMD3<Double>] {
    var current = Affine(i: i / i.length, j: j / j.length, k: k / k.length, origin: .zero)
    for _ in 0..<64 {
      guard let inverse = try? current.inverse() else { break }
      let rows = inverse.rows.map { SIMD3($0.x, $0.y, $0.z) }
      let next = Affine(
        i: (current.i + rows[0]) / 2, j: (current.j + rows[1]) / 2, k: (current.k + rows[2]) / 2,
        origin: .zero)
      let change = (next.i - current.i).length + (next.j - current.j).length + (next.k - current.k).length
      current = next
      if change < 1e-14 { break }
    }
    return current.columns
  }
}
