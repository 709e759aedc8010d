import Volumes

/// Whether a scan still has its skull.
public enum SkullState: String, Codable, Hashable, Sendable, CaseIterable {
  /// To be told from the scan.
  case auto
  /// The brain has to be found.
  case present
  /// Every voxel that is not zero is brain.
  case absent

  /// Seen from the voxels that are not zero: a stripped brain is surrounded by zeros, and is smaller than a head.
  ///
  /// Largest axial areas of the heads and brains looked at: 252 to 289 and 153 to 186 cm².
  static func seen(in scan: Volume) -> SkullState {
    let isTissue = scan.map { $0 == 0 ? UInt8(0) : 1 }
    let zeros = 1 - Double(isTissue.count) / Double(isTissue.voxels.count)
    guard zeros >= leastZeros else { return .present }
    let tissue = Orientation(of: scan.geometry).apply(isTissue).largestComponent()
    let volume = Double(tissue.count) * tissue.geometry.voxelVolume / 1000
    guard volume <= BrainPlausibility.volumes.upperBound else { return .present }
    let area = tissue.shape[0] * tissue.shape[1]
    let pixelArea = tissue.geometry.voxelVolume / tissue.geometry.spacing.z / 100
    let largest = (0..<tissue.shape[2]).map { slice in
      tissue.voxels[slice * area..<(slice + 1) * area].reduce(0) { $0 + ($1 == 0 ? 0 : 1) }
    }.max()
    return Double(largest ?? 0) * pixelArea <= largestBrainArea ? .absent : .present
  }

  /// Share of a stripped scan's voxels.
  private static let leastZeros = 0.25
  /// In one axial slice, in cm².
  private static let largestBrainArea = 215.0
}
