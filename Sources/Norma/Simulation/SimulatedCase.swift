public import Cohort
public import Volumes

/// The simulated scan of one participant with its ground truth, on one grid in template world space.
public struct SimulatedCase: Sendable {
  /// The participant, such as `sub-001`.
  public let participantID: String
  /// The scan in arbitrary units, 0 outside the brain.
  public let flair: Volume
  /// The brain mask.
  public let brainMask: Mask
  /// The lesion mask; empty unless `split` is test.
  public let lesionMask: Mask
  /// The split of the participant.
  public let split: Split
  /// The kinds of the lesions; empty unless `split` is test.
  public let kinds: [LesionKind]
}
