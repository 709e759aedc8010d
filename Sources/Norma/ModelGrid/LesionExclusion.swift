/// What a training or calibration scan with lesions loses, so that no lesion is learned as normal.
public enum LesionExclusion: String, Codable, Hashable, Sendable, CaseIterable {
  /// Every slice that shows a lesion; a scan with lesions calibrates nothing.
  case slices
  /// The lesions and what lies near them. Only for methods that take voxel by voxel what the brain mask
  /// leaves.
  case voxels
  /// Nothing: every slice is learned from, and the masks of the lesions go along. Only for methods that learn
  /// from lesions; a scan with lesions calibrates nothing.
  case none
}

extension LesionExclusion {
  /// Under ``voxels`` a voxel is learned from if it is farther than this from every lesion, in mm.
  static let trainingDistance = 3.0
  /// Under ``voxels`` a voxel calibrates if it is farther than this from every lesion, in mm: smoothing
  /// spreads the score of a lesion beyond its outline.
  static let calibrationDistance = 6.0
}
