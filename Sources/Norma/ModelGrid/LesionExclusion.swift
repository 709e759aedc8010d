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
