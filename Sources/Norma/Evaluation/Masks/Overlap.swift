/// The counts of a binary prediction against the truth.
struct Overlap: Hashable, Sendable {
  var truePositives = 0
  var falsePositives = 0
  /// The numbers of all lesion and of all healthy voxels.
  var lesionVoxels = 0
  var healthyVoxels = 0

  /// 2 TP / (predicted + lesion); nil without lesion voxels, where it is undefined rather than 0 or 1.
  var dice: Double? {
    lesionVoxels == 0
      ? nil : 2 * Double(truePositives) / Double(truePositives + falsePositives + lesionVoxels)
  }

  /// The fraction of lesion voxels that are predicted; nil without lesion voxels.
  var recall: Double? { lesionVoxels == 0 ? nil : Double(truePositives) / Double(lesionVoxels) }

  /// The fraction of predicted voxels that are lesion; nil where nothing is predicted or nothing is lesion.
  var precision: Double? {
    let predicted = truePositives + falsePositives
    return predicted == 0 || lesionVoxels == 0 ? nil : Double(truePositives) / Double(predicted)
  }

  /// The fraction of healthy voxels that are predicted; nil without healthy voxels.
  var falsePositiveRate: Double? {
    healthyVoxels == 0 ? nil : Double(falsePositives) / Double(healthyVoxels)
  }

  /// |predicted - lesion| / lesion in %; nil without lesion voxels.
  var absoluteVolumeDifference: Double? {
    guard lesionVoxels > 0 else { return nil }
    return 100 * Double(abs(truePositives + falsePositives - lesionVoxels)) / Double(lesionVoxels)
  }

  /// The sum of the counts.
  static func + (a: Overlap, b: Overlap) -> Overlap {
    Overlap(
      truePositives: a.truePositives + b.truePositives, falsePositives: a.falsePositives + b.falsePositives,
      lesionVoxels: a.lesionVoxels + b.lesionVoxels, healthyVoxels: a.healthyVoxels + b.healthyVoxels)
  }
}
