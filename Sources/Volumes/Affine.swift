/// A 3 x 4 affine in double precision that maps voxel indices (i, j, k) to world millimetres, RAS+.
public struct Affine: Hashable, Sendable {
  /// World displacement in mm of one step along the first voxel axis.
  public var i: SIMD3<Double>
  /// World displacement in mm of one step along the second voxel axis.
  public var j: SIMD3<Double>
  /// World displacement in mm of one step along the third voxel axis.
  public var k: SIMD3<Double>
  /// World position in mm of the centre of voxel (0, 0, 0).
  public var origin: SIMD3<Double>

  /// The identity: 1 mm voxels along R, A and S, voxel (0, 0, 0) at the world origin.
  public static let identity = Affine(diagonal: SIMD3(1, 1, 1), origin: .zero)

  /// Creates an affine from its four columns, in mm.
  public init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>, origin: SIMD3<Double>) {
    self.i = i
    self.j = j
    self.k = k
    self.origin = origin
  }

  /// Creates an affine without a rotation: world mm along R, A and S of one step along each voxel axis, negative where
  /// the axis points the other way.
  public init(diagonal: SIMD3<Double>, origin: SIMD3<Double>) {
    self.init(
      i: SIMD3(diagonal.x, 0, 0), j: SIMD3(0, diagonal.y, 0), k: SIMD3(0, 0, diagonal.z), origin: origin)
  }

  /// Creates an affine from the rows for world x, y and z; the fourth element of each is the translation in
  /// mm.
  public init(x: SIMD4<Double>, y: SIMD4<Double>, z: SIMD4<Double>) {
    self.init(
      i: SIMD3(x[0], y[0], z[0]), j: SIMD3(x[1], y[1], z[1]), k: SIMD3(x[2], y[2], z[2]),
      origin: SIMD3(x[3], y[3], z[3]))
  }

  /// The three axis columns in voxel-axis order (the translation is `origin`), in mm.
  public var columns: [SIMD3<Double>] { [i, j, k] }

  /// The three rows, for world x, y and z; the fourth element of each is the translation in mm.
  public var rows: [SIMD4<Double>] {
    (0..<3).map { SIMD4(i[$0], j[$0], k[$0], origin[$0]) }
  }

  /// The length of a voxel along each voxel axis, in mm.
  public var spacing: SIMD3<Double> { SIMD3(i.length, j.length, k.length) }

  /// The determinant of the linear part, in mm3; negative when the voxel axes are left-handed.
  public var determinant: Double { i.dot(j.cross(k)) }

  /// The world position in mm of a (possibly fractional) voxel index.
  public func apply(_ voxel: SIMD3<Double>) -> SIMD3<Double> {
    i * voxel.x + j * voxel.y + k * voxel.z + origin
  }

  /// The affine that applies `inner` first and this one after it.
  public func composed(with inner: Affine) -> Affine {
    func turned(_ vector: SIMD3<Double>) -> SIMD3<Double> {
      i * vector.x + j * vector.y + k * vector.z
    }
    return Affine(
      i: turned(inner.i), j: turned(inner.j), k: turned(inner.k), origin: apply(inner.origin))
  }

  /// The affine from world to voxels.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` if this one is singular or not finite.
  public func inverse() throws -> Affine {
    guard isInvertible else { throw VolumeError(.badAffine(rows), path: nil) }
    let scale = 1 / determinant
    let (x, y, z) = (j.cross(k) * scale, k.cross(i) * scale, i.cross(j) * scale)
    return Affine(
      x: SIMD4(x, -x.dot(origin)), y: SIMD4(y, -y.dot(origin)), z: SIMD4(z, -z.dot(origin)))
  }

  /// Whether all elements are finite and the three axes are linearly independent.
  public var isInvertible: Bool {
    let size = spacing
    let volume = size.x * size.y * size.z
    return volume.isFinite && volume > 0 && origin.sum().isFinite
      && abs(determinant) > volume * 1e-9
  }
}

extension Affine: Codable {
  /// Reads three rows of four numbers.
  public init(from decoder: any Decoder) throws {
    var rows = try decoder.unkeyedContainer()
    self.init(
      x: try rows.decode(SIMD4.self), y: try rows.decode(SIMD4.self), z: try rows.decode(SIMD4.self))
  }

  /// Writes three rows of four numbers.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    for row in rows { try container.encode(row) }
  }
}

extension SIMD3<Double> {
  package var length: Double { (self * self).sum().squareRoot() }

  package func dot(_ other: Self) -> Double { (self * other).sum() }

  package func cross(_ other: Self) -> Self {
    SIMD3(
      y * other.z - z * other.y,
      z * other.x - x * other.z,
      x * other.y - y * other.x)
  }
}
