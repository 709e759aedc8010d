import Base
import Volumes

/// How much brighter than white matter regions are at two visits, summed over all voxels of a region and its
/// surroundings.
///
/// A lesion that grows by less than a voxel brightens the voxels at its border, so the sum grows with its volume,
/// wherever a threshold puts the border: the boundary shift integral (Freeborough and Fox 1997,
/// doi:10.1109/42.640753) with white matter as the lower end of its window and no upper end.
struct ExcessSignal {
  private let baseline, followUp: [Float]
  private let regions: Labels

  /// The distance in voxels along every axis up to which voxels are surroundings of a region.
  private static let reach = 2
  /// The number of regions from which their median is believed to be the scanners' and not the lesions'.
  private static let fewestRegions = 5

  /// Sums of two scans, whose white matter has the intensity 1, around the regions of a label image.
  init(_ baseline: Volume, _ followUp: Volume, around regions: Labels) {
    func excess(_ scan: Volume) -> [Float] { scan.voxels.map { max(0, $0 - 1) } }
    (self.baseline, self.followUp) = (excess(baseline), excess(followUp))
    self.regions = regions
  }

  /// The change of the sum of each region over the mean of both visits. The median of the regions that are in
  /// both masks is taken off: another scanner makes all lesions brighter or darker.
  ///
  /// - Parameters:
  ///   - parts: The voxels of each region.
  ///   - isInBoth: Whether a region is in both masks.
  /// - Returns: The change of each region.
  func changes(of parts: [[Int]], isInBoth: [Bool]) -> [Double] {
    var counted = [Int32](repeating: 0, count: regions.voxels.count)
    let changes = parts.map { change(of: $0, counted: &counted) }
    var stable = zip(changes, isInBoth).filter(\.1).map { Float($0.0) }
    guard stable.count >= Self.fewestRegions else { return changes }
    let scanners = Double(RobustStatistics.quantile(0.5, of: &stable))
    return changes.map { $0 - scanners }
  }

  /// The change of one region; `counted` has for each voxel the last region that it was counted for.
  private func change(of voxels: [Int], counted: inout [Int32]) -> Double {
    let shape = regions.shape, label = voxels.first.map { regions.voxels[$0] } ?? 0
    var (before, after) = (0.0, 0.0)
    for voxel in voxels {
      let place = regions.voxel(at: voxel)
      func range(_ axis: Int) -> ClosedRange<Int> {
        max(0, place[axis] - Self.reach)...min(shape[axis] - 1, place[axis] + Self.reach)
      }
      for z in range(2) {
        for y in range(1) {
          for x in range(0) {
            let index = x + shape[0] * (y + shape[1] * z)
            guard counted[index] != label, regions.voxels[index] == 0 || regions.voxels[index] == label else {
              continue
            }
            counted[index] = label
            before += Double(baseline[index])
            after += Double(followUp[index])
          }
        }
      }
    }
    return before + after > 0 ? 2 * (after - before) / (before + after) : 0
  }
}
