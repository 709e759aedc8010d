/// Counts of a binary decision against the truth.
struct Overlap: Hashable, Sendable {
  var truePositives = 0
  var falsePositives = 0
  /// All lesion and all healthy voxels.
  var lesionVoxels = 0
  var healthyVoxels = 0

  init() {}

  /// 2 TP / (called + lesion); nil without lesion voxels: then it is undefined, not 0 or 1.
  var dice: Double? {
    lesionVoxels == 0
      ? nil : 2 * Double(truePositives) / Double(truePositives + falsePositives + lesionVoxels)
  }

  /// Fraction of healthy voxels called lesion; nil without healthy voxels.
  var falsePositiveRate: Double? {
    healthyVoxels == 0 ? nil : Double(falsePositives) / Double(healthyVoxels)
  }

  /// Sums of both.
  static func + (a: Overlap, b: Overlap) -> Overlap {
    var sum = a
    sum.truePositives += b.truePositives
    sum.falsePositives += b.falsePositives
    sum.lesionVoxels += b.lesionVoxels
    sum.healthyVoxels += b.healthyVoxels
    return sum
  }
}
