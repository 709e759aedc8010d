import Base
import Foundation
import Volumes

/// Whether a registration can be right: how far it scales and turns, and how well the brains overlap.
struct RegistrationFit {
  /// Of the template's brain over the scan's.
  private static let volumeScales = 0.5...2.0
  /// Degrees.
  private static let mostRotation = 45.0
  /// mm.
  private static let spacing = 4.0

  let volumeScale: Double
  /// Degrees.
  let rotation: Double
  let overlap: Double

  /// `brain` is the scan's, `toTemplate` takes its world mm to those of the mask `template`.
  init(_ toTemplate: Affine, template: Mask, brain: Mask) throws {
    volumeScale = toTemplate.determinant
    let columns = toTemplate.nearestRotation
    let trace = (0..<3).reduce(0) { $0 + columns[$1][$1] }
    rotation = acos(min(max((trace - 1) / 2, -1), 1)) * 180 / .pi
    let scan = brain.geometry
    let grid = scan.isotropic(spacing: Self.spacing, around: scan.box)
    let warped = try Resample.nearest(template, to: grid.moved(by: toTemplate)).voxels
    let found = try Resample.nearest(brain, to: grid).voxels
    var (common, all) = (0, 0)
    for (a, b) in zip(warped, found) {
      common += a != 0 && b != 0 ? 1 : 0
      all += (a != 0 ? 1 : 0) + (b != 0 ? 1 : 0)
    }
    overlap = 2 * Double(common) / Double(max(1, all))
  }

  /// What the reader should know; throws a ``Problem`` for what cannot be right.
  func notes(settings: RegistrationSettings, name: String) throws -> [String] {
    func refuse(_ what: String) -> Problem {
      Problem(
        .badData, "the scan could not be laid on the template: \(what)", at: name,
        advice: "look at the scan and its brain mask, and check the orientation and voxel size in the header")
    }
    guard Self.volumeScales.contains(volumeScale) else {
      throw refuse(
        "its volume would change by a factor of \(volumeScale.formatted(fraction: 2)), not "
          + "\(Self.volumeScales.lowerBound) to \(Self.volumeScales.upperBound)")
    }
    guard rotation < Self.mostRotation else {
      throw refuse(
        "it would turn by \(rotation.formatted(fraction: 0)) degrees, "
          + "not less than \(Self.mostRotation.formatted(fraction: 0))")
    }
    let overlap = self.overlap.formatted(fraction: 2)
    guard self.overlap >= settings.leastOverlap else {
      throw refuse(
        "the brains overlap by \(overlap) (Dice), not \(settings.leastOverlap.formatted(fraction: 2)) or more"
      )
    }
    guard self.overlap < settings.goodOverlap else { return [] }
    return ["Registration: the brains overlap by only \(overlap) (Dice). Look at the registered scan."]
  }
}
