/// The threshold of best Dice on validation scans with lesions; it depends on labels, but not on those of
/// test scans.
public struct LabelledValidation: Codable, Hashable, Sendable {
  /// Voxels whose score exceeds it are predicted lesion.
  public let threshold: Double
  /// The Dice it gives, over the brain voxels of all these scans together.
  public let dice: Double
  /// Number of those scans.
  public let cases: Int

  init(_ best: LabelledThreshold, cases: Int) {
    (threshold, dice, self.cases) = (max(0, best.threshold), best.dice, cases)
  }
}
