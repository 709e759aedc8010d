import Volumes

/// The masks of two visits on one grid that were thresholded together.
///
/// A region is a connected component of the voxels whose score exceeds the extent at either visit. It is kept if
/// the mask of either visit has a part of it: hysteresis thresholding (Canny 1986) over both visits, so that one
/// peak is enough for both. Without this, a region whose peak is just above the threshold at one visit and just
/// below it at the other is in one mask alone.
struct JointMasks: Sendable {
  /// The voxels of the regions that exceed the extent at each visit.
  let baseline, followUp: Mask
  /// The numbers of the regions, which hold both masks.
  let regions: Labels

  /// The distance in voxels up to which components are one region.
  private static let reach = 1

  /// Thresholds two visits on the same grid where both have brain.
  init(_ baseline: Visit, _ followUp: Visit) {
    let visits = [baseline, followUp], grid = baseline.map.geometry
    func mask(where isInside: (Int) -> Bool) -> Mask {
      Mask(geometry: grid, voxels: (0..<grid.voxelCount).map { isInside($0) ? 1 : 0 })
    }
    let exceeding = visits.map { visit in
      mask { index in
        visit.map.voxels[index] > visit.extent && visits.allSatisfy { $0.brain.voxels[index] != 0 }
      }
    }
    let joined = mask { index in exceeding.contains { $0.voxels[index] != 0 } }.components()
    let isSeen = joined.touched(by: mask { index in visits.contains { $0.labels.voxels[index] != 0 } })
    let kept = joined.labels.map { $0 != 0 && isSeen[Int($0) - 1] ? UInt8(1) : 0 }
    self.baseline = mask { kept.voxels[$0] & exceeding[0].voxels[$0] != 0 }
    self.followUp = mask { kept.voxels[$0] & exceeding[1].voxels[$0] != 0 }
    var regions = kept.dilated(by: Self.reach).components().labels
    for index in regions.voxels.indices where kept.voxels[index] == 0 { regions.voxels[index] = 0 }
    self.regions = regions
  }
}
