import Base
import Foundation
import Volumes

/// Gathers the regions of calibration volumes, whose extent may be known after the last scan only.
struct FalseRegionSearch {
  /// Nil until it is known; maps wait on disk for it.
  private let extent: Double?
  private let scratch: URL
  private var waiting: [Geometry] = []
  private var found: [RegionCalibration.Region] = []
  private var scans = 0
  private var brainML = 0.0

  /// A search above an extent, or without one above that of ``calibration(extent:)``; maps wait in `scratch`.
  init(extent: Double?, scratch: URL) { (self.extent, self.scratch) = (extent, scratch) }

  /// Adds a volume of which `brainVoxels` were scored away from lesions; regions that contain a voxel of
  /// `excluded` are not counted.
  ///
  /// - Throws: A ``Problem`` if a map cannot be kept.
  mutating func add(_ map: Volume, excluded: Mask?, brainVoxels: Int) throws {
    scans += 1
    brainML += Double(brainVoxels) * map.geometry.voxelVolume / 1000
    if let extent { return search(map, excluded: excluded, extent: extent) }
    try AtomicFile.makeFolder(scratch)
    try NIfTI.write(map, to: file(waiting.count))
    try excluded.map { try NIfTI.write($0, to: maskFile(waiting.count)) }
    waiting.append(map.geometry)
  }

  /// Returns the calibration of the regions above an extent, unless the search has one of its own; nil for
  /// less than one whole brain.
  mutating func calibration(extent: Double) throws -> RegionCalibration? {
    for (index, geometry) in waiting.enumerated() {
      let map = Volume(geometry: geometry, voxels: try NIfTI.read(file(index)).voxels)
      let excluded =
        FileManager.default.fileExists(atPath: maskFile(index).path)
        ? try NIfTI.readMask(maskFile(index)) : nil
      search(map, excluded: excluded, extent: extent)
    }
    return RegionCalibration(found, extent: self.extent ?? extent, scans: scans, brainML: brainML)
  }

  private mutating func search(_ map: Volume, excluded: Mask?, extent: Double) {
    let (labels, regions) = Lesion.find(in: map, by: RegionRule(extent: extent))
    var isFalse = [Bool](repeating: true, count: regions.count)
    if let excluded {
      for (label, isExcluded) in zip(labels.voxels, excluded.voxels) where label != 0 && isExcluded != 0 {
        isFalse[Int(label) - 1] = false
      }
    }
    for (region, isFalse) in zip(regions, isFalse) where isFalse {
      found.append(.init(peak: region.maximumScore, volume: region.volumeMM3))
    }
  }

  private func file(_ index: Int) -> URL { scratch.appendingPathComponent("\(index).nii.gz") }

  private func maskFile(_ index: Int) -> URL { scratch.appendingPathComponent("\(index)-excluded.nii.gz") }
}
