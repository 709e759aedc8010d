/// The threshold with the best pooled Dice on a labelled set: a calibration where the set is a validation
/// split, an oracle where it is the test data.
package struct LabelledThreshold: Hashable, Sendable {
  /// Voxels with a score above it are predicted lesion.
  package let threshold: Double
  /// Its Dice on the set.
  package let dice: Double

  /// Returns nil without a lesion voxel.
  ///
  /// - Throws: A ``Problem`` if the scratch file of the voxels cannot be read.
  package init?(_ voxels: RankedVoxels) throws {
    guard let best = try PrecisionRecall(voxels).oracleDice else { return nil }
    threshold = Double(best.threshold.nextDown)
    dice = best.value
  }
}
