import Base
import Foundation
import Volumes

/// The plausibility of a registration: its change of volume, its rotation and the overlap of the brains.
struct RegistrationFit {
  /// The plausible ratios of the volumes of the template's and the scan's brain.
  private static let volumeScales = 0.5...2.0
  /// The maximum rotation in degrees.
  private static let maximumRotation = 45.0
  /// The voxel size in mm of the grid on which the overlap is measured.
  private static let spacing = 4.0

  let volumeScale: Double
  /// The rotation in degrees.
  let rotation: Double
  let overlap: Double

  /// Measures the map `toTemplate` from the brain of a scan to that of the template, in world mm.
  init(_ toTemplate: Affine, template: Mask, brain: Mask) throws {
    volumeScale = toTemplate.determinant
    let columns = toTemplate.nearestRotation
    let trace = (0..<3).reduce(0) { $0 + columns[$1][$1] }
    rotation = acos(min(max((trace - 1) / 2, -1), 1)) * 180 / .pi
    let scan = brain.geometry
    let grid = scan.isotropic(spacing: Self.spacing, around: scan.box)
    let warped = try Resample.nearest(template, to: grid.moved(by: toTemplate)).voxels
    let own = try Resample.nearest(brain, to: grid).voxels
    var (common, all) = (0, 0)
    for (a, b) in zip(warped, own) {
      common += a != 0 && b != 0 ? 1 : 0
      all += (a != 0 ? 1 : 0) + (b != 0 ? 1 : 0)
    }
    overlap = 2 * Double(common) / Double(max(1, all))
  }

  /// Returns remarks for the report. Throws a ``Problem`` for an implausible registration.
  func notes(settings: RegistrationSettings, name: String) throws -> [String] {
    func refuse(_ what: String) -> Problem {
      Problem(
        .badData, "the scan could not be registered to the template: \(what)", at: name,
        advice: "inspect the scan and its brain mask, and check orientation and voxel size in the header")
    }
    guard Self.volumeScales.contains(volumeScale) else {
      throw refuse(
        "its volume would change by a factor of \(volumeScale.formatted(fraction: 2)), outside "
          + "\(Self.volumeScales.lowerBound) to \(Self.volumeScales.upperBound)")
    }
    guard rotation < Self.maximumRotation else {
      throw refuse(
        "it would be rotated by \(rotation.formatted(fraction: 0)) degrees, "
          + "more than \(Self.maximumRotation.formatted(fraction: 0))")
    }
    let overlap = self.overlap.formatted(fraction: 2)
    guard self.overlap >= settings.leastOverlap else {
      throw refuse(
        "the brains overlap by \(overlap) (Dice), less than \(settings.leastOverlap.formatted(fraction: 2))")
    }
    guard self.overlap < settings.goodOverlap else { return [] }
    return ["Registration: the brains overlap by only \(overlap) (Dice). Inspect the registered scan."]
  }
}
