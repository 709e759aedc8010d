/// Counts of a binary decision against the truth.
struct Overlap: Hashable, Sendable {
  var truePositives = 0
  var falsePositives = 0
  /// All lesion and all healthy voxels.
  var lesionVoxels = 0
  var healthyVoxels = 0

  /// 2 TP / (called + lesion); nil without lesion voxels: then it is undefined, not 0 or 1.
  var dice: Double? {
    lesionVoxels == 0
      ? nil : 2 * Double(truePositives) / Double(truePositives + falsePositives + lesionVoxels)
  }

  /// Fraction of lesion voxels called; nil without lesion voxels.
  var recall: Double? { lesionVoxels == 0 ? nil : Double(truePositives) / Double(lesionVoxels) }

  /// Fraction of called voxels that are lesion; nil where nothing is called or there is no lesion to call.
  var precision: Double? {
    let predicted = truePositives + falsePositives
    return predicted == 0 || lesionVoxels == 0 ? nil : Double(truePositives) / Double(predicted)
  }

  /// Fraction of healthy voxels called lesion; nil without healthy voxels.
  var falsePositiveRate: Double? {
    healthyVoxels == 0 ? nil : Double(falsePositives) / Double(healthyVoxels)
  }

  /// Called against lesion volume: |called - lesion| / lesion in %; nil without lesion voxels.
  var absoluteVolumeDifference: Double? {
    guard lesionVoxels > 0 else { return nil }
    return 100 * Double(abs(truePositives + falsePositives - lesionVoxels)) / Double(lesionVoxels)
  }

  /// Sums of both.
  static func + (a: Overlap, b: Overlap) -> Overlap {
    Overlap(
      truePositives: a.truePositives + b.truePositives, falsePositives: a.falsePositives + b.falsePositives,
      lesionVoxels: a.lesionVoxels + b.lesionVoxels, healthyVoxels: a.healthyVoxels + b.healthyVoxels)
  }
}
