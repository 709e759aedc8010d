import Base
import Volumes

/// Refuses what is no scan of a head's anatomy, whatever comes after.
struct InputCheck {
  private let scan: Volume
  private let name: String

  init(_ scan: Volume, name: String) { (self.scan, self.name) = (scan, name) }

  /// Throws a ``Problem`` that says what the file is instead.
  func requireAnatomy() throws {
    guard !scan.isPlanar else { return }
    if let header = scan.header, !header.hasPlace {
      throw Problem(
        .badData, "the header does not say how the scan lies in space (qform and sform are unset)", at: name,
        advice: "convert it again with dcm2niix, or set the sform: left and right cannot be guessed")
    }
    let lowest = scan.voxels.min() ?? 0
    guard lowest > Self.lowestIntensity else {
      throw Problem(
        .badData,
        "the scan has values down to \(Double(lowest).formatted(fraction: 0)): these look like CT numbers",
        at: name,
        advice: "give a FLAIR; bundles are trained on magnetic resonance only")
    }
    let thickness = scan.geometry.spacing.max()
    guard thickness <= Self.thickest else {
      throw Problem(
        .badData,
        "the slices lie \(thickness.formatted(fraction: 1)) mm apart, more than "
          + "\(Self.thickest.formatted(fraction: 0)) mm", at: name,
        advice: "give a scan with thinner slices: most of the brain is in none of these")
    }
  }

  /// Throws a ``Problem`` for a stack too small to find a brain in.
  func requireStack() throws {
    let fewest = scan.shape.min() ?? 0
    guard fewest >= Self.fewestSlices else {
      throw Problem(
        .badData, "the scan has \(fewest) slices: a localiser, or a part of a scan", at: name,
        advice: "give the whole scan, or a brain mask made otherwise")
    }
  }

  private static let lowestIntensity: Float = -500
  /// mm.
  private static let thickest = 10.0
  private static let fewestSlices = 4
}
