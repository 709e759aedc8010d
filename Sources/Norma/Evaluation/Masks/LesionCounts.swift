import Volumes

/// Whole lesions found and called regions that are right: what lesion recall and F1 are made of.
struct LesionCounts: Hashable, Sendable {
  /// Lesions and those of them that a called voxel touches, by stratum.
  var lesions = [LesionStratum: Int]()
  var found = [LesionStratum: Int]()
  /// Called regions and those of them that touch a lesion.
  var predicted = 0
  var right = 0

  /// Compares the regions of one case; `sizePerVoxel` is mm³ or mm², see ``LesionStratum``.
  init(lesions: Regions, predicted: Regions, sizePerVoxel: Double) {
    let found = lesions.touched(by: predicted.labels.map { $0 == 0 ? 0 : 1 })
    for (size, isFound) in zip(lesions.sizes, found) {
      let stratum = LesionStratum(size: Double(size) * sizePerVoxel)
      self.lesions[stratum, default: 0] += 1
      if isFound { self.found[stratum, default: 0] += 1 }
    }
    self.predicted = predicted.count
    right = predicted.touched(by: lesions.labels.map { $0 == 0 ? 0 : 1 }).filter { $0 }.count
  }

  /// Share of lesions that are touched by a called voxel; nil without lesions.
  var recall: Double? {
    let all = lesions.values.reduce(0, +)
    return all == 0 ? nil : Double(found.values.reduce(0, +)) / Double(all)
  }

  /// Share of called regions that touch a lesion; nil where nothing is called.
  var precision: Double? { predicted == 0 ? nil : Double(right) / Double(predicted) }

  /// Harmonic mean of both (WMH challenge); 0 where no lesion is found, nil without lesions.
  var f1: Double? {
    guard let recall else { return nil }
    guard let precision, recall + precision > 0 else { return 0 }
    return 2 * recall * precision / (recall + precision)
  }
}
