import Base
import Volumes

/// A map with its truth on one grid, checked.
struct CaseInput {
  let caseID: String
  let participantID: String
  let map: Volume
  let brain: Mask
  /// The lesion voxels inside the scored brain: the others can be found by no threshold and count nowhere.
  let lesion: Mask
  let lesionVoxelsOutsideBrain: Int

  /// Checks the inputs of a case.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the shapes differ, or if the score of a brain voxel is
  ///   negative or not finite. Outside the scored brain a map may be NaN.
  init(caseID: String, participantID: String, map: Volume, lesion: Mask, brain: Mask) throws {
    guard lesion.shape == map.shape, brain.shape == map.shape else {
      throw Problem(
        .badData, "map, lesion mask and brain mask of '\(caseID)' differ in shape", at: caseID,
        advice: "evaluate against the manifest whose cases were segmented")
    }
    if let index = map.voxels.indices.first(where: { index in
      let score = map.voxels[index]
      return !(score >= 0 && score.isFinite) && !(score.isNaN && brain.voxels[index] == 0)
    }) {
      let voxel = map.voxel(at: index)
      throw Problem(
        .badData,
        "the map of '\(caseID)' holds the score \(map.voxels[index]) at voxel "
          + "(\(voxel.x), \(voxel.y), \(voxel.z))", at: caseID,
        advice: "scores of the brain must be finite and 0 or more: segment again, or repair what made the map"
      )
    }
    (self.caseID, self.participantID, self.map, self.brain) = (caseID, participantID, map, brain)
    let inside = zip(lesion.voxels, brain.voxels).map { UInt8($0 != 0 && $1 != 0 ? 1 : 0) }
    self.lesion = Mask(geometry: map.geometry, voxels: inside)
    lesionVoxelsOutsideBrain = lesion.count - self.lesion.count
  }

  /// The brain voxels' scores with their truth, in ascending order.
  func rankedVoxels() -> ScoredVoxels {
    var voxels = ScoredVoxels()
    voxels.reserveCapacity(brain.count)
    for index in map.voxels.indices where brain.voxels[index] != 0 {
      voxels.add(score: map.voxels[index], isLesion: lesion.voxels[index] != 0)
    }
    voxels.sort()
    return voxels
  }

  /// The brain voxels whose score exceeds `threshold`.
  func predicted(above threshold: Double) -> Mask {
    let predicted = zip(map.voxels, brain.voxels).map { UInt8($1 != 0 && Double($0) > threshold ? 1 : 0) }
    return Mask(geometry: map.geometry, voxels: predicted)
  }

  /// Counts of a predicted mask against the lesions.
  func overlap(_ predicted: Mask) -> Overlap {
    var overlap = Overlap()
    for index in brain.voxels.indices where brain.voxels[index] != 0 {
      let isPredicted = predicted.voxels[index] != 0
      if lesion.voxels[index] != 0 {
        overlap.lesionVoxels += 1
        if isPredicted { overlap.truePositives += 1 }
      } else {
        overlap.healthyVoxels += 1
        if isPredicted { overlap.falsePositives += 1 }
      }
    }
    return overlap
  }
}
