import Base
import Volumes

/// A check that rejects volumes that are not anatomical head scans.
struct InputCheck {
  private let scan: Volume
  private let name: String

  init(_ scan: Volume, name: String) { (self.scan, self.name) = (scan, name) }

  /// Throws a ``Problem`` if position, intensities or slice distance are not those of an anatomical scan.
  func requireAnatomy() throws {
    guard !scan.isPlanar else { return }
    if let header = scan.header, !header.hasPlace {
      throw Problem(
        .badData, "the header does not contain the orientation of the scan (qform and sform are unset)",
        at: name,
        advice: "convert the scan again with dcm2niix, or set the sform; left and right cannot be guessed")
    }
    guard !hasCTNumbers else {
      throw Problem(
        .badData, "the scan has air near -1000 and tissue near 0, which look like CT numbers",
        at: name, advice: "give a FLAIR scan; bundles are trained on MR scans only")
    }
    let thickness = scan.geometry.spacing.max()
    guard thickness <= Self.maximumDistance else {
      throw Problem(
        .badData,
        "the slices are \(thickness.formatted(fraction: 1)) mm apart, more than "
          + "\(Self.maximumDistance.formatted(fraction: 0)) mm", at: name,
        advice: "give a scan with thinner slices; these miss most of the brain")
    }
  }

  /// Throws a ``Problem`` if the stack has too few slices for brain extraction.
  func requireStack() throws {
    let count = scan.shape.min() ?? 0
    guard count >= Self.minimumSlices else {
      throw Problem(
        .badData, "the scan has only \(count) slices; it may be a localiser or part of a scan", at: name,
        advice: "give the complete scan, or a brain mask made by another program")
    }
  }

  /// Whether many voxels have the CT number of air and most others one of soft tissue. The minimum alone does
  /// not tell, since interpolation undershoots.
  private var hasCTNumbers: Bool {
    var (air, softTissue, other) = (0, 0, 0)
    for value in scan.voxels {
      switch value {
      case -1100 ... -900: air += 1
      case -200...200: softTissue += 1
      case -900 ... .infinity: other += 1
      default: break
      }
    }
    return Double(air) >= Self.minimumAir * Double(scan.voxels.count) && softTissue > other
  }

  /// The minimum fraction of air in a CT scan.
  private static let minimumAir = 0.05
  /// The maximum distance between slices in mm.
  private static let maximumDistance = 10.0
  private static let minimumSlices = 4
}
