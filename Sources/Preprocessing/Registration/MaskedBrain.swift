import Base
import Volumes

/// A brain prepared for registration: 0 outside, the highest intensities clipped, isotropic voxels.
struct MaskedBrain: Sendable {
  /// The margin around the brain in mm.
  static let margin = 8.0
  private static let upperQuantile = 0.995

  let mask: Mask
  let box: [Range<Int>]
  /// The scan, 0 outside the brain.
  let masked: Volume

  /// Masks a scan; `mask` is on its grid. Returns nil if no voxel inside is positive.
  init?(_ scan: Volume, mask: Mask) {
    var inside = zip(scan.voxels, mask.voxels).compactMap { $1 != 0 && $0.isFinite ? $0 : nil }
    guard let box = mask.box, !inside.isEmpty else { return nil }
    let highest = RobustStatistics.quantile(Self.upperQuantile, of: &inside)
    guard highest > 0 else { return nil }
    (self.mask, self.box) = (mask, box)
    masked = Volume(
      geometry: scan.geometry,
      voxels: zip(scan.voxels, mask.voxels).map {
        $1 != 0 && $0.isFinite ? min(max($0, 0), highest) : 0
      })
  }

  /// Returns the brain and its margin in voxels of `spacing` mm.
  func image(spacing: Double) throws -> Volume {
    try Resample.alongAxes(masked, to: grid(spacing))
  }

  /// Returns the fraction of brain in every voxel of `spacing` mm.
  func fraction(spacing: Double) throws -> Volume {
    try Resample.alongAxes(mask.map { Float($0) }, to: grid(spacing))
  }

  /// Returns the mask of the brain and its margin in voxels of `spacing` mm.
  func region(spacing: Double) throws -> Mask {
    try fraction(spacing: spacing).map { $0 > 0.5 ? UInt8(1) : 0 }
      .dilated(by: Int((Self.margin / spacing).rounded()))
  }

  private func grid(_ spacing: Double) -> Geometry {
    mask.geometry.isotropic(spacing: spacing, around: box, margin: Self.margin)
  }
}
