/// What a NIfTI header says about its image, unchanged: enough to place it and to repeat it in outputs.
public struct NIfTIHeaderInfo: Hashable, Sendable, Codable {
  /// 1 or 2.
  public var version: Int
  /// The stored dimensions, one to seven.
  public var dimensions: [Int]
  /// The stored voxel size along x, y and z, in mm.
  public var voxelSize: [Double]
  /// The sign that the third axis takes in the qform: -1 or 1.
  public var qfac: Double
  /// How the file stores a voxel.
  public var datatype: NIfTIDatatype
  /// Stored value to real value: factor; 1 when the file asks for none.
  public var slope: Double
  /// Stored value to real value: summand; 0 when the file asks for none.
  public var intercept: Double
  /// What the qform maps to: 0 nothing, 1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5 other template.
  public var qformCode: Int
  /// What the sform maps to, in the codes of the qform.
  public var sformCode: Int
  /// The quaternion's b, c and d.
  public var quaternion: [Double]
  /// The qform's translation in mm.
  public var qoffset: [Double]
  /// The sform's three rows, in mm.
  public var srow: [SIMD4<Double>]
  /// The stored code for the units of space and time; Norma reads all as mm, as nibabel does, and writes mm.
  public var units: Int
  /// The free text, at most 80 bytes.
  public var description: String

  /// Where the voxel data begin in the uncompressed file, in bytes.
  var dataOffset = 0

  private enum CodingKeys: CodingKey {
    case version, dimensions, voxelSize, qfac, datatype, slope, intercept, qformCode, sformCode
    case quaternion, qoffset, srow, units, description
  }

  /// The dimensions as a volume: x, y, z, missing ones 1.
  public var shape: [Int] { (0..<3).map { $0 < dimensions.count ? dimensions[$0] : 1 } }

  /// Whether the header places the image in the world; otherwise ``affine`` is a convention.
  public var hasPlace: Bool { sformCode > 0 || qformCode > 0 }

  /// The affine by nibabel's precedence: sform if its code is set, else qform, else voxel sizes about the
  /// centre with x reversed.
  public var affine: Affine {
    if sformCode > 0 { return Affine(x: srow[0], y: srow[1], z: srow[2]) }
    if qformCode > 0 { return qform }
    let size = SIMD3(voxelSize) * SIMD3(-1, 1, 1)
    let centre = (SIMD3<Double>(SIMD3(shape)) - 1) / 2
    return Affine(
      i: SIMD3(size.x, 0, 0), j: SIMD3(0, size.y, 0), k: SIMD3(0, 0, size.z), origin: -(size * centre))
  }

  /// The grid that the header describes.
  var geometry: Geometry { Geometry(shape: shape, affine: affine) }

  /// Sets to 0 what is NaN or infinite in the form that does not place the image, so that headers compare equal
  /// to themselves and can be encoded as JSON.
  mutating func clearNonFinitePlace() {
    func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }
    quaternion = quaternion.map(finite)
    qoffset = qoffset.map(finite)
    srow = srow.map { row in SIMD4((0..<4).map { finite(row[$0]) }) }
  }

  private var qform: Affine {
    let (b, c, d) = (quaternion[0], quaternion[1], quaternion[2])
    let squares = b * b + c * c + d * d
    // Single precision leaves a half-turn's zero a little off; a longer quaternion is normalised below.
    let threshold = 3 * (version == 1 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
    let a = 1 - squares < threshold ? 0 : (1 - squares).squareRoot()
    let s = 2 / (a * a + squares)
    return Affine(
      i: SIMD3(1 - s * (c * c + d * d), s * (b * c + a * d), s * (b * d - a * c)) * voxelSize[0],
      j: SIMD3(s * (b * c - a * d), 1 - s * (b * b + d * d), s * (c * d + a * b)) * voxelSize[1],
      k: SIMD3(s * (b * d + a * c), s * (c * d - a * b), 1 - s * (b * b + c * c)) * voxelSize[2] * qfac,
      origin: SIMD3(qoffset))
  }
}
