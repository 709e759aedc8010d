/// The unchanged fields of a NIfTI header that locate the image and that outputs repeat.
public struct NIfTIHeaderInfo: Hashable, Sendable, Codable {
  /// 1 or 2.
  public var version: Int
  /// The stored dimensions, one to seven.
  public var dimensions: [Int]
  /// The stored voxel size along x, y and z, in mm.
  public var voxelSize: [Double]
  /// The sign of the third axis in the qform: -1 or 1.
  public var qfac: Double
  /// The stored voxel type.
  public var datatype: NIfTIDatatype
  /// The factor from stored to real values; 1 if the file has none.
  public var slope: Double
  /// The offset from stored to real values; 0 if the file has none.
  public var intercept: Double
  /// The space of the qform: 0 none, 1 scanner, 2 aligned, 3 Talairach, 4 MNI, 5 other template.
  public var qformCode: Int
  /// The space of the sform, in the codes of the qform.
  public var sformCode: Int
  /// The quaternion's b, c and d.
  public var quaternion: [Double]
  /// The qform's translation in mm.
  public var qoffset: [Double]
  /// The sform's three rows, in mm.
  public var srow: [SIMD4<Double>]
  /// The stored code of the units. Norma reads all units as mm, as nibabel does, and writes mm.
  public var units: Int
  /// The free text, at most 80 bytes.
  public var description: String

  /// The offset of the voxel data in the uncompressed file, in bytes.
  var dataOffset = 0

  private enum CodingKeys: CodingKey {
    case version, dimensions, voxelSize, qfac, datatype, slope, intercept, qformCode, sformCode
    case quaternion, qoffset, srow, units, description
  }

  /// The dimensions x, y and z; missing ones are 1.
  public var shape: [Int] { (0..<3).map { $0 < dimensions.count ? dimensions[$0] : 1 } }

  /// Whether the header locates the image in the world; otherwise ``affine`` is a convention.
  public var hasPlace: Bool { sformCode > 0 || qformCode > 0 }

  /// The affine by nibabel's precedence: the sform if its code is set, else the qform, else the voxel size
  /// about the centre with x reversed.
  public var affine: Affine {
    if sformCode > 0 { return Affine(x: srow[0], y: srow[1], z: srow[2]) }
    if qformCode > 0 { return qform }
    let size = SIMD3(voxelSize) * SIMD3(-1, 1, 1)
    let centre = (SIMD3<Double>(SIMD3(shape)) - 1) / 2
    return Affine(diagonal: size, origin: -(size * centre))
  }

  /// The grid that the header describes.
  var geometry: Geometry { Geometry(shape: shape, affine: affine) }

  /// Sets non-finite numbers of the unused form to 0, so that headers equal themselves and can be encoded as
  /// JSON.
  mutating func clearNonFinitePlace() {
    func finite(_ value: Double) -> Double { value.isFinite ? value : 0 }
    quaternion = quaternion.map(finite)
    qoffset = qoffset.map(finite)
    srow = srow.map { row in SIMD4((0..<4).map { finite(row[$0]) }) }
  }

  /// The contradiction between qform and sform about the position of the image, in a sentence; nil if they
  /// agree or one is unset. Two spaces, such as the scanner's and a template's, may differ in place but not in
  /// the order of the axes.
  package var contradiction: String? {
    guard sformCode > 0, qformCode > 0 else { return nil }
    let (used, other) = (geometry, Geometry(shape: shape, affine: qform))
    if used.axisCodes != other.axisCodes {
      return
        "The axes of the scan are \(other.axisCodes) by the qform of the header and \(used.axisCodes) by its "
        + "sform. The sform was used. Check left and right."
    }
    guard sformCode == qformCode, !used.matches(other, tolerance: used.spacing.max()) else { return nil }
    return "The qform and the sform of the header place the scan differently. The sform was used."
  }

  private var qform: Affine {
    let (b, c, d) = (quaternion[0], quaternion[1], quaternion[2])
    let squares = b * b + c * c + d * d
    // In single precision the a of a half-turn is not exactly 0; a longer quaternion is normalised below.
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
