package import Volumes

/// The presence of the skull in a scan.
public enum SkullState: String, Codable, Hashable, Sendable, CaseIterable {
  /// Determined from the scan.
  case auto
  /// The scan shows the head; the brain must be extracted.
  case present
  /// Every non-zero voxel is brain.
  case absent

  /// Detects the state: a stripped brain is surrounded by zeros and is smaller than a head.
  ///
  /// The largest axial areas of the heads examined were 252 to 289 cm², those of the brains 153 to 186 cm².
  package static func detected(in scan: Volume) -> SkullState {
    let isTissue = scan.map { $0 == 0 ? UInt8(0) : 1 }
    let zeros = 1 - Double(isTissue.count) / Double(isTissue.voxels.count)
    guard zeros >= minimumZeros else { return .present }
    let tissue = Orientation(of: scan.geometry).apply(isTissue).largestComponent()
    let volume = Double(tissue.count) * tissue.geometry.voxelVolume / 1000
    guard volume <= BrainPlausibility.volumes.upperBound else { return .present }
    let area = tissue.shape[0] * tissue.shape[1]
    let pixelArea = tissue.geometry.voxelVolume / tissue.geometry.spacing.z / 100
    let largest = (0..<tissue.shape[2]).map { slice in
      tissue.voxels[slice * area..<(slice + 1) * area].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    }.max()
    return Double(largest ?? 0) * pixelArea <= maximumBrainArea ? .absent : .present
  }

  /// The minimum fraction of zeros in a stripped scan.
  private static let minimumZeros = 0.25
  /// The maximum area of a brain in an axial slice, in cm².
  private static let maximumBrainArea = 215.0
}
