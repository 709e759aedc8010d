/// Counts of a binary decision against the truth.
public struct Overlap: Codable, Hashable, Sendable {
  public var truePositives = 0
  public var falsePositives = 0
  /// All lesion and all healthy voxels.
  public var lesionVoxels = 0
  public var healthyVoxels = 0

  public init() {}

  /// 2 TP / (called + lesion); nil without lesion voxels: then it is undefined, not 0 or 1.
  public var dice: Double? {
    lesionVoxels == 0
      ? nil : 2 * Double(truePositives) / Double(truePositives + falsePositives + lesionVoxels)
  }

  /// Fraction of healthy voxels called lesion; nil without healthy voxels.
  public var falsePositiveRate: Double? {
    healthyVoxels == 0 ? nil : Double(falsePositives) / Double(healthyVoxels)
  }

  /// Sums of both.
  public static func + (a: Overlap, b: Overlap) -> Overlap {
    var sum = a
    sum.truePositives += b.truePositives
    sum.falsePositives += b.falsePositives
    sum.lesionVoxels += b.lesionVoxels
    sum.healthyVoxels += b.healthyVoxels
    return sum
  }
}
