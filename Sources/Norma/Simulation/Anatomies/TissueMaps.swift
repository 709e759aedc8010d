import Volumes

/// The tissues of a brain on a grid in template space, before they are packed as an ``Anatomy``.
struct TissueMaps {
  /// The brain, without holes.
  let brain: Mask
  /// The fractions of grey matter, white matter and fluid, in the order of ``Matter``; 0 outside the brain.
  let fractions: [SIMD3<Float>]
  /// The possible tissues, one bit per ``Tissue``.
  let tissues: [UInt8]
  /// The intensity around the means of the classes, in units where white matter is 1.
  let texture: [Float]
  /// The ventricles from which distances are measured.
  let ventricles: Mask

  /// Returns the anatomy; the grid must be that of anatomies.
  func anatomy(name: String, digest: String) -> Anatomy {
    func bytes(_ matter: Matter) -> [UInt8] {
      fractions.map { UInt8((255 * min(max($0[matter.rawValue], 0), 1)).rounded()) }
    }
    return Anatomy(
      name: name, digest: digest, grey: bytes(.grey), white: bytes(.white), fluid: bytes(.fluid),
      brain: brain.voxels, tissues: tissues,
      texture: texture.map { Int8(max(-127, min(127, (200 * $0).rounded()))) },
      ventricleDistance: ventricles.distance().map(Self.quarters),
      edgeDistance: zip(brain.map { 1 - $0 }.distance(), brain.voxels).map { $1 == 0 ? 0 : Self.quarters($0) }
    )
  }

  /// The volume in mL of the voxels set in a mask.
  static func millilitres(_ mask: Mask) -> Double { Double(mask.count) * mask.geometry.voxelVolume / 1000 }

  static func quarters(_ distance: Double) -> UInt8 { UInt8(min(255, (4 * distance).rounded())) }
}

extension Mask {
  /// Returns the distance in mm of every voxel to the mask; infinite if it is empty.
  func distance() -> [Double] {
    DistanceTransform(
      seeds: voxels.indices.filter { voxels[$0] != 0 }, shape: shape, spacing: geometry.spacing
    ).squared.map { $0.squareRoot() }
  }

  /// Returns the mask with gaps of up to twice `distance` mm closed, and without holes.
  func closed(by distance: Double) -> Mask {
    let outside = grown(by: distance).map { $0 == 0 ? UInt8(1) : 0 }
    return outside.grown(by: distance).map { $0 == 0 ? UInt8(1) : 0 }.union(self).fillingHoles()
  }

  private func union(_ other: Mask) -> Mask {
    Mask(geometry: geometry, voxels: zip(voxels, other.voxels).map { max($0, $1) }, header: header)
  }
}
