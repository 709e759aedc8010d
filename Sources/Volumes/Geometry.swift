/// A voxel grid in the world: its shape and its affine.
public struct Geometry: Hashable, Sendable {
  /// The number of voxels along x, y and z; always three positive values.
  public let shape: [Int]
  /// The map from voxel indices to world positions in mm, RAS+.
  public let affine: Affine

  /// Creates a grid; the shape must be three positive numbers.
  public init(shape: [Int], affine: Affine) {
    precondition(Self.isValid(shape), "a geometry needs three positive dimensions, not \(shape)")
    self.shape = shape
    self.affine = affine
  }

  /// The number of voxels.
  public var voxelCount: Int { shape[0] * shape[1] * shape[2] }

  /// The length of a voxel along each axis, in mm.
  public var spacing: SIMD3<Double> { affine.spacing }

  /// The volume of one voxel, in mm3.
  public var voxelVolume: Double { abs(affine.determinant) }

  /// The world direction that each voxel axis points to most closely, such as "LAS".
  public var axisCodes: String {
    let orientation = Orientation(of: self)
    return String(
      (0..<3).map { axis in
        Array(orientation.isFlipped[axis] ? "LPI" : "RAS")[orientation.permutation[axis]]
      })
  }

  /// Whether a voxel axis deviates from its world axis by more than about 0.1 degrees.
  public var isOblique: Bool {
    affine.columns.contains { column in
      let unit = column / column.length
      return max(abs(unit.x), abs(unit.y), abs(unit.z)) < 1 - 1e-6
    }
  }

  /// The world position in mm of a (possibly fractional) voxel index.
  public func world(ofVoxel voxel: SIMD3<Double>) -> SIMD3<Double> { affine.apply(voxel) }

  /// The grid after a world-to-world affine in mm, such as that of a registration.
  public func moved(by affine: Affine) -> Geometry {
    Geometry(shape: shape, affine: affine.composed(with: self.affine))
  }

  /// Whether both grids have the same shape and their outer corners differ by at most `tolerance` mm.
  public func matches(_ other: Geometry, tolerance: Double = 1e-3) -> Bool {
    shape == other.shape
      && corners.allSatisfy { (affine.apply($0) - other.affine.apply($0)).length <= tolerance }
  }

  private var corners: [SIMD3<Double>] {
    (0..<8).map { corner in
      SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? -0.5 : Double(shape[$0]) - 0.5 })
    }
  }

  private static func isValid(_ shape: [Int]) -> Bool {
    shape.count == 3 && shape.allSatisfy { $0 > 0 }
  }
}

extension Geometry: Codable {
  private enum CodingKeys: CodingKey { case shape, affine }

  /// Reads `shape` and `affine`.
  ///
  /// - Throws: `DecodingError` if the shape is not three positive numbers.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let shape = try container.decode([Int].self, forKey: .shape)
    guard Self.isValid(shape) else {
      throw DecodingError.dataCorruptedError(
        forKey: .shape, in: container, debugDescription: "shape must be three positive numbers")
    }
    self.init(shape: shape, affine: try container.decode(Affine.self, forKey: .affine))
  }
}
