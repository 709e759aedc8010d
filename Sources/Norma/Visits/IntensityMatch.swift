import Base
import Foundation
import Methods
import Volumes

/// Two visits on one grid whose white matter has the intensity 1 everywhere, and their difference.
struct IntensityMatch: Sendable {
  /// The intensities, 0 outside the common brain.
  let baseline, followUp: Volume
  /// Follow-up less baseline over its standard deviation in stable white matter; 0 outside the common brain.
  let change: Volume
  /// The median intensities of stable white matter before.
  let whiteMatter: (baseline: Double, followUp: Double)
  /// The standard deviation of the difference in stable white matter, which has the intensity 1.
  let deviation: Double
  /// Brain of both visits, which no region comes near.
  let stable: [Bool]
  /// The white matter of it.
  let stableWhite: [Int]

  /// The distance in mm to regions within which tissue does not count as stable.
  private static let clearance = 3.0
  /// The distance in mm between the nodes of the field that is left between the visits.
  private static let fieldSpacing = 20.0
  /// The number of voxels of white matter per node at which half of the field is believed.
  private static let scarceVoxels: Float = 100
  /// The largest logarithm of a ratio that counts, so that outliers do not bend the field.
  private static let largestRatio: Float = 0.3
  private static let minimumWhite = 1000

  /// Matches two visits on the same grid; nil with hardly any common white matter.
  init?(_ baseline: Visit, _ followUp: Visit) throws {
    let grid = baseline.scan.geometry
    let isCommon = zip(baseline.brain.voxels, followUp.brain.voxels).map { $0 != 0 && $1 != 0 }
    let regions = Mask(
      geometry: grid,
      voxels: zip(baseline.labels.voxels, followUp.labels.voxels).map { $0 != 0 || $1 != 0 ? 1 : 0 })
    let near = regions.grown(by: Self.clearance).voxels
    let stable = isCommon.indices.map { isCommon[$0] && near[$0] == 0 }
    let white = TissueLabel(.whiteMatter)?.index ?? 0
    let stableWhite = stable.indices.filter {
      stable[$0] && baseline.tissues.voxels[$0] == white && followUp.tissues.voxels[$0] == white
        && baseline.scan.voxels[$0] > 0 && followUp.scan.voxels[$0] > 0
    }
    guard stableWhite.count >= Self.minimumWhite else { return nil }
    func median(_ scan: Volume) -> Float {
      RobustStatistics.medianAndDeviation(of: stableWhite.map { scan.voxels[$0] }).median
    }
    let (first, second) = (median(baseline.scan), median(followUp.scan))
    let ratio = try Self.ratio(baseline.scan, followUp.scan, scale: first / second, at: stableWhite)
    func matched(_ scan: Volume, _ median: Float, _ sign: Float) -> Volume {
      Volume(
        geometry: grid,
        voxels: scan.voxels.indices.map {
          isCommon[$0] ? scan.voxels[$0] / median * exp(sign * ratio[$0] / 2) : 0
        })
    }
    self.baseline = matched(baseline.scan, first, 1)
    self.followUp = matched(followUp.scan, second, -1)
    let difference = zip(self.followUp.voxels, self.baseline.voxels).map { $0 - $1 }
    let deviation = RobustStatistics.medianAndDeviation(of: stableWhite.map { difference[$0] }).deviation
    guard deviation > 0 else { return nil }
    change = Volume(geometry: grid, voxels: difference.map { $0 / deviation })
    whiteMatter = (Double(first), Double(second))
    self.deviation = Double(deviation)
    (self.stable, self.stableWhite) = (stable, stableWhite)
  }

  /// The smooth part of the logarithm of follow-up over baseline in stable white matter, which is what two bias
  /// corrections leave (Lewis and Fox 2004, doi:10.1016/j.neuroimage.2004.04.030).
  private static func ratio(
    _ baseline: Volume, _ followUp: Volume, scale: Float, at stableWhite: [Int]
  ) throws -> [Float] {
    let grid = baseline.geometry
    var (sum, count) = (Volume(geometry: grid, repeating: 0), Volume(geometry: grid, repeating: 0))
    for index in stableWhite {
      let ratio = log(followUp.voxels[index] * scale / baseline.voxels[index])
      sum.voxels[index] = min(max(ratio, -largestRatio), largestRatio)
      count.voxels[index] = 1
    }
    let nodes = grid.isotropic(spacing: fieldSpacing, around: grid.box, margin: 0)
    let (sums, counts) = (try Resample.alongAxes(sum, to: nodes), try Resample.alongAxes(count, to: nodes))
    // Both are means over the voxels of a node.
    let scarce = scarceVoxels / Float(nodes.voxelVolume / grid.voxelVolume)
    let field = Volume(geometry: nodes, voxels: zip(sums.voxels, counts.voxels).map { $0 / ($1 + scarce) })
    return try Resample.alongAxes(field, to: grid).voxels
  }
}
