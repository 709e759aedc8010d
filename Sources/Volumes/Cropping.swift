extension Grid {
  /// The voxels of a box, with their geometry.
  package func cropped(to box: [Range<Int>]) -> Grid {
    var affine = geometry.affine
    affine.origin = affine.apply(SIMD3((0..<3).map { Double(box[$0].lowerBound) }))
    var inside = [Element]()
    inside.reserveCapacity(box.reduce(1) { $0 * $1.count })
    for z in box[2] {
      for y in box[1] {
        let row = (z * shape[1] + y) * shape[0]
        inside += voxels[row + box[0].lowerBound..<row + box[0].upperBound]
      }
    }
    return Grid(geometry: Geometry(shape: box.map(\.count), affine: affine), voxels: inside, header: header)
  }

  /// The box with a margin of voxels, clipped to the grid.
  package func widened(_ box: [Range<Int>], by margin: Int) -> [Range<Int>] {
    (0..<3).map { max(0, box[$0].lowerBound - margin)..<min(shape[$0], box[$0].upperBound + margin) }
  }
}
