extension Resample {
  /// Trilinear interpolation after averaging along the source's axes where the target is much coarser, so that detail
  /// finer than the target does not alias; throws `badAffine` when the source's affine is singular.
  public static func averaged(_ volume: Volume, to target: Geometry) throws -> Volume {
    let source = volume.geometry
    let steps = try source.affine.inverse().composed(with: target.affine)
    // How far one step of the target goes along each axis of the source, in the source's voxels.
    let ratios = (0..<3).map { axis in steps.columns.map { abs($0[axis]) }.max() ?? 1 }
    guard ratios.contains(where: { $0 >= leastRatio }) else { return try linear(volume, to: target) }
    return try linear(
      alongAxes(volume, to: source.coarsened(by: ratios.map { $0 < leastRatio ? 1 : $0 })), to: target)
  }

  private static let leastRatio = 1.5
}

extension Geometry {
  /// A grid over the same box with about this many times fewer voxels along each axis.
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
