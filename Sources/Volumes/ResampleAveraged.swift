extension Resample {
  /// Trilinear interpolation, after averaging along the source axes on which the target is much coarser, to
  /// prevent aliasing.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` if the source's affine is singular.
  public static func averaged(_ volume: Volume, to target: Geometry) throws -> Volume {
    let source = volume.geometry
    let steps = try source.affine.inverse().composed(with: target.affine)
    // The length of a target step along each source axis, in source voxels.
    let ratios = (0..<3).map { axis in steps.columns.map { abs($0[axis]) }.max() ?? 1 }
    guard ratios.contains(where: { $0 >= leastRatio }) else { return try linear(volume, to: target) }
    return try linear(
      alongAxes(volume, to: source.coarsened(by: ratios.map { $0 < leastRatio ? 1 : $0 })), to: target)
  }

  private static let leastRatio = 1.5
}

extension Geometry {
  /// The grid over the same box with voxels about `ratios` times as long along each axis.
  fileprivate func coarsened(by ratios: [Double]) -> Geometry {
    let counts = (0..<3).map { max(1, Int((Double(shape[$0]) / ratios[$0]).rounded())) }
    let steps = SIMD3((0..<3).map { Double(shape[$0]) / Double(counts[$0]) })
    return Geometry(
      shape: counts,
      affine: Affine(
        i: affine.i * steps.x, j: affine.j * steps.y, k: affine.k * steps.z,
        origin: affine.apply((steps - 1) / 2)))
  }
}
