import Volumes

/// The numbers of lesions found and of predicted regions that are right, from which lesion recall and F1
/// follow.
struct LesionCounts: Hashable, Sendable {
  /// The lesions and those of them that contain a predicted voxel, by stratum.
  var lesions = [LesionStratum: Int]()
  var found = [LesionStratum: Int]()
  /// The predicted regions and those of them that contain a lesion voxel.
  var predicted = 0
  var right = 0

  /// Compares the lesions and the predicted regions of one case.
  init(lesions: Components, predicted: Components) {
    let sizePerVoxel = lesions.labels.geometry.lesionSizePerVoxel
    for (size, isFound) in zip(lesions.sizes, lesions.touched(by: predicted.mask)) {
      let stratum = LesionStratum(size: Double(size) * sizePerVoxel)
      self.lesions[stratum, default: 0] += 1
      if isFound { self.found[stratum, default: 0] += 1 }
    }
    self.predicted = predicted.count
    right = predicted.touched(by: lesions.mask).count { $0 }
  }

  /// The fraction of lesions that contain a predicted voxel; nil without lesions.
  var recall: Double? {
    let all = lesions.values.reduce(0, +)
    return all == 0 ? nil : Double(found.values.reduce(0, +)) / Double(all)
  }

  /// The fraction of predicted regions that contain a lesion voxel; nil where nothing is predicted.
  var precision: Double? { predicted == 0 ? nil : Double(right) / Double(predicted) }

  /// The harmonic mean of both (WMH challenge); 0 where no lesion is found, nil without lesions.
  var f1: Double? {
    guard let recall else { return nil }
    guard let precision, recall + precision > 0 else { return 0 }
    return 2 * recall * precision / (recall + precision)
  }
}
