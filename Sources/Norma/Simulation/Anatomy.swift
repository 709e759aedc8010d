import Base
package import Foundation
package import Methods
import Tensors
package import Volumes

/// The tissues of one brain on the anatomy grid in template space; arrays have x contiguous, then y, then z.
package struct Anatomy: Sendable, Hashable {
  /// The name of the person or template.
  package private(set) var name: String
  /// The hash of the source files and of the way they were prepared.
  package let digest: String
  /// Fractions of grey matter, white matter and fluid, 255 = 1; their sum is 255 inside the brain (rounding
  /// aside), 0 outside.
  package let grey, white, fluid: [UInt8]
  /// 1 inside the brain.
  package let brain: [UInt8]
  /// The set of tissues that a voxel may belong to, one bit per ``Tissue`` (1 << rawValue); 0 outside the
  /// brain. Label maps know the tissue, so one bit is set; posteriors of three classes leave several possible.
  package let tissues: [UInt8]
  /// Residual intensity of the anatomy around its tissue means (T1w texture, or offsets of nuclei), in units
  /// where white matter is 1: value / 200.
  package let texture: [Int8]
  /// Distance to the lateral and third ventricles, and to the brain's edge (inside), in quarter mm, at most
  /// 255.
  package let ventricleDistance, edgeDistance: [UInt8]
  /// Distance to the brain outside it, in quarter mm, at most 255.
  package let outsideDistance: [UInt8]

  /// Creates an anatomy from arrays that fill the grid.
  package init(
    name: String, digest: String, grey: [UInt8], white: [UInt8], fluid: [UInt8], brain: [UInt8],
    tissues: [UInt8], texture: [Int8], ventricleDistance: [UInt8], edgeDistance: [UInt8]
  ) {
    let counts = [
      grey.count, white.count, fluid.count, brain.count, tissues.count, texture.count,
      ventricleDistance.count, edgeDistance.count,
    ]
    precondition(counts.allSatisfy { $0 == Self.grid.voxelCount }, "an anatomy fills its grid")
    (self.name, self.digest) = (name, digest)
    (self.grey, self.white, self.fluid, self.brain) = (grey, white, fluid, brain)
    (self.tissues, self.texture) = (tissues, texture)
    (self.ventricleDistance, self.edgeDistance) = (ventricleDistance, edgeDistance)
    outsideDistance = Mask(geometry: Self.grid, voxels: brain).distance().map(TissueMaps.quarters)
  }

  /// The voxel grid of every anatomy: 1.5 mm in template space, whose axial slices are the model grid of the
  /// default recipe.
  package static let grid = Geometry(
    shape: [128, 128, 116],
    affine: Affine(diagonal: SIMD3(1.5, 1.5, 1.5), origin: SIMD3(-95.25, -113.25, -75)))
}

extension Tissue {
  /// The bit of the tissue in a set.
  package var bit: UInt8 { 1 << rawValue }
}

extension Anatomy {
  /// Returns the anatomy with another name: equal files may have several.
  func named(_ name: String) -> Anatomy {
    var copy = self
    copy.name = name
    return copy
  }

  /// Returns the height in mm of a position in slices of the grid.
  static func z(at position: Double) -> Double { grid.affine.origin.z + position * grid.spacing.z }

  private static let nameKey = "name", digestKey = "digest"

  /// Reads an anatomy that ``write(to:)`` wrote.
  ///
  /// - Throws: A ``Problem`` for any other file.
  package init(contentsOf url: URL) throws {
    let (tensors, metadata) = try Safetensors.read(url)
    func bytes(_ key: String) throws -> [UInt8] {
      guard let tensor = tensors[key], tensor.dtype == .uint8, tensor.count == Self.grid.voxelCount else {
        throw Problem(
          .badData, "the file holds no anatomy: '\(key)' does not fill the grid", at: url.path,
          advice: "delete the file; it is made from its sources again")
      }
      return try tensor.bytes()
    }
    self.init(
      name: metadata[Self.nameKey] ?? "", digest: metadata[Self.digestKey] ?? "",
      grey: try bytes("grey"), white: try bytes("white"), fluid: try bytes("fluid"),
      brain: try bytes("brain"), tissues: try bytes("tissues"),
      texture: try bytes("texture").map(Int8.init(bitPattern:)),
      ventricleDistance: try bytes("ventricleDistance"), edgeDistance: try bytes("edgeDistance"))
  }

  /// Writes the anatomy in the safetensors format; the texture is stored as the bit patterns of its bytes.
  package func write(to url: URL) throws {
    let shape = Array(Self.grid.shape.reversed())
    func tensor(_ values: [UInt8]) throws -> Tensor {
      try values.withUnsafeBytes { try Tensor(bytes: $0, dtype: .uint8, shape: shape) }
    }
    try Safetensors.write(
      [
        "grey": tensor(grey), "white": tensor(white), "fluid": tensor(fluid), "brain": tensor(brain),
        "tissues": tensor(tissues), "texture": tensor(texture.map(UInt8.init(bitPattern:))),
        "ventricleDistance": tensor(ventricleDistance), "edgeDistance": tensor(edgeDistance),
      ], metadata: [Self.nameKey: name, Self.digestKey: digest], to: url)
  }
}
