/// The part of a training or calibration scan with lesions that is left out, so that lesions are not learned
/// as normal.
public enum LesionExclusion: String, Codable, Hashable, Sendable, CaseIterable {
  /// Every slice that shows a lesion. Scans with lesions are not used for calibration.
  case slices
  /// The lesions and the voxels near them. Only for methods that treat every pixel of the brain mask by
  /// itself.
  case voxels
  /// Nothing: all slices are used for training, with the masks of their lesions. Only for methods that learn
  /// from lesions. Scans with lesions are not used for calibration.
  case none
}

extension LesionExclusion {
  /// Under ``voxels`` a voxel is learned from if it is farther than this from every lesion, in mm.
  static let trainingDistance = 3.0
  /// Under ``voxels`` a voxel calibrates if it is farther than this from every lesion, in mm: smoothing
  /// spreads the score of a lesion beyond its outline.
  static let calibrationDistance = 6.0
}
