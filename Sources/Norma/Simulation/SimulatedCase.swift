public import Cohort
public import Volumes

/// The simulated scan of one participant with its ground truth, on one grid in template world space.
public struct SimulatedCase: Sendable {
  /// A T1w of the same head, skull-stripped, in another position.
  public struct T1w: Sendable {
    /// The scan in arbitrary units, 0 outside the brain.
    public let image: Volume
    /// The map from world mm of the FLAIR to world mm of the T1w.
    public let fromFLAIR: Affine
  }

  /// The participant, such as `sub-001`.
  public let participantID: String
  /// The scan in arbitrary units, 0 outside the brain.
  public let flair: Volume
  /// The brain mask.
  public let brainMask: Mask
  /// The lesion mask; empty unless `split` is test.
  public let lesionMask: Mask
  /// The T1w; nil unless the options ask for it.
  public let t1w: T1w?
  /// The split of the participant.
  public let split: Split
  /// The kinds of the lesions; empty unless `split` is test.
  public let kinds: [LesionKind]
}
