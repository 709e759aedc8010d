/// The threshold of best Dice on validation scans with lesions: it has seen labels, though not those of a test.
public struct LabelledValidation: Codable, Hashable, Sendable {
  /// Voxels whose score exceeds it are lesion.
  public let threshold: Double
  /// The Dice it reaches, over the brain voxels of all these scans together.
  public let dice: Double
  /// Scans behind it.
  public let cases: Int

  /// From the best Dice of any threshold, of which a score of that value is lesion; nil where there is none.
  init?(best: (value: Double, threshold: Float)?, cases: Int) {
    guard let best else { return nil }
    threshold = Double(max(0, best.threshold.nextDown))
    dice = best.value
    self.cases = cases
  }
}
