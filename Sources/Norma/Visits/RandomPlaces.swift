import Base
import Volumes

/// How a map changes where nothing did: the means over a shape at random places in stable white matter.
struct RandomPlaces {
  private let change: Volume
  private let isStable: [Bool]
  private let centres: [Int]

  private static let count = 2000
  /// The least fraction of a shape that must be at stable voxels.
  private static let minimumFraction = 0.6
  /// The number of voxels up to which all of a shape are read.
  private static let maximumVoxels = 500

  /// Places with their middle at one of the `centres`.
  init(_ change: Volume, isStable: [Bool], centres: [Int]) {
    (self.change, self.isStable, self.centres) = (change, isStable, centres)
  }

  /// The fraction of the places at which a shape has a lower mean; the shape itself counts as one that has not.
  /// `sign` is -1 to count higher means.
  func fractionBelow(_ mean: Double, shape: [Int], sign: Double) -> Double {
    let step = (shape.count + Self.maximumVoxels - 1) / Self.maximumVoxels
    let voxels = stride(from: 0, to: shape.count, by: step).map { shape[$0] }
    let middle = voxels[voxels.count / 2],
      least = Int((Self.minimumFraction * Double(voxels.count)).rounded(.up))
    var random = SeededGenerator(seed: 0)
    var (places, below) = (0, 0)
    for _ in 0..<4 * Self.count where places < Self.count {
      let shift = centres[random.count(0...centres.count - 1)] - middle
      var (sum, count) = (0.0, 0)
      for voxel in voxels {
        let index = voxel + shift
        guard isStable.indices.contains(index), isStable[index] else { continue }
        sum += Double(change.voxels[index])
        count += 1
      }
      guard count >= least else { continue }
      places += 1
      below += sign * sum / Double(count) < sign * mean ? 1 : 0
    }
    return Double(below) / Double(places + 1)
  }
}
