import Foundation
import Volumes

/// The lobe of a place in the template, by its nearest cortical parcel (Desikan et al. 2006); the raw value is that of
/// `lobes.nii.gz`, which `Scripts/lobes` makes.
public enum Lobe: UInt8, Codable, Hashable, Sendable, CaseIterable {
  case frontal = 1
  case parietal, temporal, occipital
  /// The insula and the white matter within 5 mm of it.
  case insula

  /// Its name, such as "frontal".
  public var name: String { "\(self)" }
}

/// The lobes on a grid in template space.
struct LobeAtlas: Sendable {
  /// The atlas that ships with Norma.
  static let shipped = Result {
    try LobeAtlas(
      lobes: NIfTI.read(Bundle.module.bundleURL.appendingPathComponent("lobes.nii.gz")).map { UInt8($0) })
  }

  private let lobes: Grid<UInt8>
  private let toVoxel: Affine

  private init(lobes: Grid<UInt8>) throws {
    self.lobes = lobes
    toVoxel = try lobes.geometry.affine.inverse()
  }

  /// The lobe of a point in template mm; nil outside the hemispheres.
  func lobe(at point: SIMD3<Double>) -> Lobe? {
    let voxel = SIMD3<Int>(toVoxel.apply(point).rounded(.toNearestOrAwayFromZero)), shape = SIMD3(lobes.shape)
    guard all(voxel .>= 0), all(voxel .< shape) else { return nil }
    return Lobe(rawValue: lobes[voxel.x, voxel.y, voxel.z])
  }
}
