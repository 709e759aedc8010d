import Foundation
import Volumes

/// The position and size of a brain, from the fraction of brain in every voxel.
struct BrainExtent {
  /// The centre of mass in world mm.
  let centre: SIMD3<Double>
  /// The variance along the world axes in mm².
  let variance: SIMD3<Double>
  /// The lowest and highest z in world mm.
  let zRange: ClosedRange<Double>

  /// Measures the part with z in this range (world mm); returns nil if it is empty.
  init?(of fraction: Volume, zRange: ClosedRange<Double> = -Double.infinity...Double.infinity) {
    var (count, sum, squares) = (0.0, SIMD3<Double>.zero, SIMD3<Double>.zero)
    var (low, high) = (Double.infinity, -Double.infinity)
    for (index, value) in fraction.voxels.enumerated() where value > 0 {
      let position = fraction.geometry.world(ofVoxel: SIMD3<Double>(fraction.voxel(at: index)))
      guard zRange.contains(position.z) else { continue }
      count += Double(value)
      sum += Double(value) * position
      squares += Double(value) * position * position
      if value > 0.5 { (low, high) = (min(low, position.z), max(high, position.z)) }
    }
    guard low < high else { return nil }
    centre = sum / count
    variance = squares / count - centre * centre
    self.zRange = low...high
  }

  var height: Double { zRange.upperBound - zRange.lowerBound }
}
