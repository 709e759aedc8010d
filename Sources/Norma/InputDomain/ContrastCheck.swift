import Base
import Preprocessing

/// The check that a scan shows the contrast of a FLAIR, by the intensities of its tissues.
enum ContrastCheck {
  /// Grey over white matter was at most 0.945 in 11 T1-weighted scans and at least 1.003 in 19 FLAIR scans.
  private static let minimumGreyToWhite = 0.96
  /// Fluid is brighter than white matter in T2-weighted scans; over it it was at most 0.77 in 8 FLAIR scans.
  private static let maximumFluidToWhite = 1.0

  /// What a scan shows that a FLAIR does not; nil for a FLAIR, and where the tissues are unknown.
  static func differenceFromFLAIR(_ record: PreprocessingRecord) -> String? {
    if let ratio = record.greyToWhite, ratio < minimumGreyToWhite {
      return "grey matter is \(ratio.formatted(fraction: 2)) times as bright as white matter, as in a T1w"
    }
    if let ratio = record.fluidToWhite, ratio > maximumFluidToWhite {
      return "fluid is \(ratio.formatted(fraction: 2)) times as bright as white matter, as in a T2w"
    }
    return nil
  }
}
