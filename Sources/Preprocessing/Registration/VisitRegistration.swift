public import Volumes

/// The rigid registration of two visits of one person.
public struct VisitRegistration: Sendable {
  /// The map from world mm of the baseline to world mm of the follow-up.
  public let toFollowUp: Affine
  /// The distance in mm between the results of the two directions, the largest of the corners of the brain.
  public let inconsistency: Double
  /// The factors by which an affine map would stretch the baseline along R, A and S.
  public let stretch: SIMD3<Double>
  /// The Dice overlap of the brains.
  public let overlap: Double
  /// The correlation of the fine structure of the two brains, -1...1: that of one person's folds is high.
  public let agreement: Double

  /// Registers the brains of two preprocessed scans.
  ///
  /// - Throws: A ``Problem`` for scans without a brain, or if the registration fails.
  public init(from baseline: PreprocessedScan, to followUp: PreprocessedScan) throws {
    let visits = try [baseline, followUp].map { try RegisteredBrain($0, at: "the brain of a visit") }
    let found = try RigidRegistration(from: visits[0], to: visits[1])
    (toFollowUp, inconsistency, stretch) = (found.toSecond, found.inconsistency, found.stretch)
    (overlap, agreement) = (found.halfway.overlap, found.halfway.correlation)
  }
}
