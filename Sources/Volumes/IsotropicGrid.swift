extension Geometry {
  /// The grid of cubic voxels of `spacing` mm along the same axes that covers a box of voxels and a margin in
  /// mm around it, clipped to this grid.
  public func isotropic(spacing: Double, around box: [Range<Int>], margin: Double = 0) -> Geometry {
    let size = self.spacing
    var first = SIMD3<Double>.zero
    let counts = (0..<3).map { axis in
      let low = max(0, Double(box[axis].lowerBound) * size[axis] - margin)
      let high = min(Double(shape[axis]) * size[axis], Double(box[axis].upperBound) * size[axis] + margin)
      let count = max(1, Int(((high - low) / spacing).rounded()))
      // The grid begins half a voxel before its first centre.
      first[axis] = ((low + high - Double(count - 1) * spacing) / size[axis] - 1) / 2
      return count
    }
    let columns = affine.columns.map { $0 / $0.length * spacing }
    return Geometry(
      shape: counts,
      affine: Affine(i: columns[0], j: columns[1], k: columns[2], origin: affine.apply(first)))
  }

  /// The box of all voxels.
  public var box: [Range<Int>] { shape.map { 0..<$0 } }
}
