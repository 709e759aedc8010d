import Base
import Norma
import Volumes

/// The pictures of two visits in the space half way between them.
struct VisitPictures: Sendable {
  /// The largest changes, then all levels.
  let montages: [Montage]

  private static let mostRegions = 8
  private static let levelSpacing = 5.0
  /// The standard deviations of stable white matter that are black and white in pictures of the change.
  private static let changeWindow: ClosedRange<Float> = -8...8

  init(_ comparison: VisitComparison) throws {
    let window = Self.window(comparison)
    let changed = comparison.regions.inOrderOfInterest.filter { $0.kind != .stable }
    func outlined(
      _ scan: Volume, _ mask: Mask, _ other: Mask, _ plane: ImageSlice.Plane, at mm: Double, _ caption: String
    ) throws -> MontagePanel {
      let slice = GridPlane(plane, at: mm, of: scan.geometry)
      return try .outlined(
        slice.of(scan.voxels), window: window, mask: slice.indices.map { mask.voxels[$0] },
        second: slice.indices.map { other.voxels[$0] }, caption: caption)
    }
    func trio(_ plane: ImageSlice.Plane, at mm: Double) throws -> [MontagePanel] {
      let (first, second) = (comparison.halfway.baselineMask, comparison.halfway.followUpMask)
      let slice = GridPlane(plane, at: mm, of: comparison.change.geometry)
      return [
        try outlined(comparison.baseline, first, second, plane, at: mm, "baseline"),
        try outlined(comparison.followUp, second, first, plane, at: mm, "follow-up"),
        try .grey(slice.of(comparison.change.voxels), window: Self.changeWindow, caption: "change"),
      ]
    }
    let regions = try changed.prefix(Self.mostRegions).map { region in
      Montage(
        caption: "Region \(region.id), \(region.kind.rawValue): \(format(region.baselineVolume / 1000)) and "
          + "\(format(region.followUpVolume / 1000)) mL, at \(RegionPlace.text(region.centroid)) mm. Solid, yellow: "
          + "mask of the visit shown; dashed, blue: mask of the other visit. In the picture of the change, bright is "
          + "brighter at the follow-up",
        panels: try trio(.axial, at: region.centroid.z) + trio(.coronal, at: region.centroid.y))
    }
    let levels = try Self.levels(of: comparison).map { mm in
      try outlined(
        comparison.followUp, comparison.halfway.followUpMask, comparison.halfway.baselineMask, .axial, at: mm,
        RegionPlace.text(mm, axis: 2))
    }
    montages =
      regions + [
        Montage(
          nil,
          caption:
            "All levels of the follow-up. Solid, yellow: its mask; dashed, blue: mask of the baseline. Click on "
            + "a picture to enlarge it",
          panels: levels, isMosaic: true)
      ]
  }

  private static func window(_ comparison: VisitComparison) -> ClosedRange<Float> {
    var inside = (comparison.baseline.voxels + comparison.followUp.voxels).filter { $0 > 0 }
    return 0...max(1.1 * RobustStatistics.quantile(0.995, of: &inside), .leastNormalMagnitude)
  }

  private static func levels(of comparison: VisitComparison) -> [Double] {
    let bounds = comparison.followUp.map { $0 > 0 ? UInt8(1) : 0 }.worldBounds
    return Array(stride(from: bounds.first.z, through: bounds.last.z, by: levelSpacing))
  }
}
