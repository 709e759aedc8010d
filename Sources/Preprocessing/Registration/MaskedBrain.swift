import Base
import Volumes

/// A brain as registration sees it: the rest of the head is 0, the brightest voxels are clipped, voxels are cubes.
struct MaskedBrain: Sendable {
  /// mm around the brain that the images show.
  static let margin = 8.0
  private static let brightest = 0.995

  let mask: Mask
  let box: [Range<Int>]
  private let image: Volume

  /// `mask` lies on the scan's grid; nil where it holds no voxel brighter than 0.
  init?(_ scan: Volume, mask: Mask) {
    var inside = zip(scan.voxels, mask.voxels).compactMap { $1 != 0 && $0.isFinite ? $0 : nil }
    guard let box = mask.box, !inside.isEmpty else { return nil }
    let highest = RobustStatistics.quantile(Self.brightest, of: &inside)
    guard highest > 0 else { return nil }
    (self.mask, self.box) = (mask, box)
    image = Volume(
      geometry: scan.geometry,
      voxels: zip(scan.voxels, mask.voxels).map {
        $1 != 0 && $0.isFinite ? min(max($0, 0), highest) : 0
      })
  }

  /// The brain and its margin in voxels of `spacing` mm.
  func image(spacing: Double) throws -> Volume {
    try Resample.alongAxes(image, to: grid(spacing))
  }

  /// The share of brain in every voxel of `spacing` mm.
  func share(spacing: Double) throws -> Volume {
    try Resample.alongAxes(mask.map { Float($0) }, to: grid(spacing))
  }

  /// The brain and its margin as a mask of voxels of `spacing` mm.
  func region(spacing: Double) throws -> Mask {
    try share(spacing: spacing).map { $0 > 0.5 ? UInt8(1) : 0 }
      .dilated(by: Int((Self.margin / spacing).rounded()))
  }

  private func grid(_ spacing: Double) -> Geometry {
    mask.geometry.isotropic(spacing: spacing, around: box, margin: Self.margin)
  }
}
