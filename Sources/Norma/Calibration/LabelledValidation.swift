/// The threshold of best Dice on validation scans with lesions: it has seen labels, though not those of a test.
public struct LabelledValidation: Codable, Hashable, Sendable {
  /// Voxels whose score exceeds it are lesion.
  public let threshold: Double
  /// The Dice it reaches, over the brain voxels of all these scans together.
  public let dice: Double
  /// Scans behind it.
  public let cases: Int

  init(_ best: LabelledThreshold, cases: Int) {
    (threshold, dice, self.cases) = (max(0, best.threshold), best.dice, cases)
  }
}
