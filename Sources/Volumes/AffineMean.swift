extension Affine {
  /// The affine that gives this one when it is applied twice, by the iteration of Denman and Beavers (1976,
  /// doi:10.1016/0096-3003(76)90020-5). That of a rigid map is rigid.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` without a principal square root: a mirror image, or a turn
  ///   by 180 degrees.
  public func squareRoot() throws -> Affine {
    var (root, inverse) = (self, Affine.identity)
    for _ in 0..<64 {
      let next = try root.midpoint(with: inverse.inverse())
      inverse = try inverse.midpoint(with: root.inverse())
      let change = zip(next.columns + [next.origin], root.columns + [root.origin]).map { ($0 - $1).length }
      root = next
      if change.reduce(0, +) <= 1e-12 * max(1, root.origin.length) { return root }
    }
    throw VolumeError(.badAffine(rows), path: nil)
  }

  /// The geometric mean of two maps: half of the way from one to the other. It does not depend on their order, and
  /// the mean of the inverses is its inverse.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` for a singular map, or for two that are a turn by 180 degrees
  ///   apart.
  public func mean(with other: Affine) throws -> Affine {
    composed(with: try inverse().composed(with: other).squareRoot())
  }

  /// The rigid map with the nearest rotation that moves a point as this one does.
  package func rigid(about point: SIMD3<Double>) -> Affine {
    let rotation = nearestRotation
    var rigid = Affine(i: rotation[0], j: rotation[1], k: rotation[2], origin: .zero)
    rigid.origin = apply(point) - rigid.apply(point)
    return rigid
  }

  /// The mean of the elements.
  private func midpoint(with other: Affine) -> Affine {
    Affine(
      i: (i + other.i) / 2, j: (j + other.j) / 2, k: (k + other.k) / 2, origin: (origin + other.origin) / 2)
  }
}
