import Norma
import Volumes

/// The mask of a case without the regions that a rater rejected and with those that the rater added.
enum CorrectedMask {
  /// Returns the regions of the saved mask, or of the map above a threshold, without those that hold the voxel of a
  /// rejected one, and with the added ones. The mask has the grid and the header of the map, which are those of the scan.
  static func make(
    of row: ResultFolder.Case, above threshold: Double?, minimumVolume: Double, regions: [RegionReview]
  ) throws -> Mask {
    guard let map = try row.anomalyMap.map(VolumeReader.read) else {
      throw Problem(
        .missingInput, "the case has no anomaly map", at: row.id, advice: "segment the case again")
    }
    let mask = try components(of: row, map, above: threshold, minimumVolume: minimumVolume)
    let rejected = Set(
      regions.filter { $0.decision == .rejected && map.geometry.contains($0.voxel) }.map {
        mask.labels[$0.voxel[0], $0.voxel[1], $0.voxel[2]]
      })
    var corrected = mask.labels.map { $0 == 0 || rejected.contains($0) ? UInt8(0) : 1 }
    for region in regions where map.geometry.contains(region.voxel) {
      for index in region.growth?.voxels(of: map, from: SIMD3(region.voxel)) ?? [] {
        corrected.voxels[index] = 1
      }
    }
    corrected.header = map.header
    return corrected
  }

  private static func components(
    of row: ResultFolder.Case, _ map: Volume, above threshold: Double?, minimumVolume: Double
  ) throws -> Components {
    if let threshold {
      return RegionRule(extent: threshold, minimumVolume: minimumVolume).regions(of: map)
    }
    guard let file = row.mask else {
      throw Problem(.missingInput, "the case has no mask", at: row.id, advice: "segment the case again")
    }
    return try VolumeReader.readMask(file).components()
  }
}

extension Geometry {
  /// Whether the grid has a voxel.
  func contains(_ voxel: [Int]) -> Bool {
    voxel.count == 3 && zip(voxel, shape).allSatisfy { $0 >= 0 && $0 < $1 }
  }
}
