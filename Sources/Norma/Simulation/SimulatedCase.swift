public import Cohort
public import Volumes

/// One simulated person's scan with its truth, on one grid in template world space.
public struct SimulatedCase: Sendable {
  /// `sub-001` and so on, from 1.
  public let participantID: String
  /// The scan in a scanner's arbitrary units, exactly 0 outside the brain.
  public let flair: Volume
  /// 1 inside the brain.
  public let brainMask: Mask
  /// 1 in lesions; all 0 unless `split` is test.
  public let lesionMask: Mask
  /// What the case is for.
  public let split: Split
  /// The kinds of lesions painted, empty unless `split` is test.
  public let kinds: [LesionKind]
}
