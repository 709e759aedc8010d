import Foundation
import Volumes

/// Where a brain lies and how large it is, from the share of brain in every voxel.
struct BrainExtent {
  /// Mean position in world mm.
  let centre: SIMD3<Double>
  /// Variance along the world's axes in mm².
  let variance: SIMD3<Double>
  /// Lowest and highest level in world mm.
  let levels: ClosedRange<Double>

  /// Of what lies at these levels (world z in mm); nil where that is nothing.
  init?(of share: Volume, levels: ClosedRange<Double> = -Double.infinity...Double.infinity) {
    var (count, sum, squares) = (0.0, SIMD3<Double>.zero, SIMD3<Double>.zero)
    var (low, high) = (Double.infinity, -Double.infinity)
    for (index, value) in share.voxels.enumerated() where value > 0 {
      let place = share.geometry.world(ofVoxel: SIMD3<Double>(share.voxel(at: index)))
      guard levels.contains(place.z) else { continue }
      count += Double(value)
      sum += Double(value) * place
      squares += Double(value) * place * place
      if value > 0.5 { (low, high) = (min(low, place.z), max(high, place.z)) }
    }
    guard low < high else { return nil }
    centre = sum / count
    variance = squares / count - centre * centre
    self.levels = low...high
  }

  var height: Double { levels.upperBound - levels.lowerBound }
}
