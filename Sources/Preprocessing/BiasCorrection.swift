import Base
import Foundation
public import Volumes

/// Takes the slow shading of the receive coils out of a scan: N4 on a coarse grid of the brain.
public struct BiasCorrection: Sendable {
  /// How the field is estimated.
  public let settings: BiasCorrectionSettings

  /// A correction with these settings.
  public init(settings: BiasCorrectionSettings = .init()) { self.settings = settings }

  /// The scan divided by its bias field, outside the brain too. `brain` lies on the scan's grid. Throws a ``Problem``
  /// for a mask that is too small to fit a field, or of another grid.
  public func correct(_ scan: Volume, brain: Mask) throws -> Volume {
    let field = try logField(of: scan, brain: brain)
    var corrected = scan
    corrected.voxels = zip(scan.voxels, field.voxels).map { $0 / exp($1) }
    return corrected
  }

  /// The natural logarithm of the bias field on the scan's grid; beyond the brain's box that of the box's border.
  /// Throws as the correction does.
  public func logField(of scan: Volume, brain: Mask) throws -> Volume {
    guard brain.geometry.matches(scan.geometry) else {
      throw Self.unusable("the brain mask does not lie on the scan's grid")
    }
    guard let grid = grid(around: brain) else { throw Self.unusable("the brain mask is empty") }
    guard Self.isThickEnough(grid) else {
      let found = Double(grid.shape.min() ?? 0) * settings.spacing
      throw Self.unusable(
        "the brain mask is \(found.formatted(fraction: 0)) mm thick; bias correction needs "
          + "\(leastThickness.formatted(fraction: 0)) mm")
    }
    // The field is fitted to logarithms.
    let coarse = try Resample.alongAxes(scan.map { $0.isFinite ? max($0, 0) : 0 }, to: grid)
    let share = try Resample.alongAxes(brain.map { Float($0) }, to: grid)
    let mask = Mask(
      geometry: grid, voxels: zip(share.voxels, coarse.voxels).map { $0 > 0.5 && $1 > 0 ? 1 : 0 })
    guard mask.voxels.contains(1) else { throw Self.unusable("the scan is dark inside the brain mask") }
    return try Resample.alongAxes(
      ITK.logBiasField(of: coarse, mask: mask, settings: settings), to: scan.geometry)
  }

  /// Whether a field can be fitted in the brain: in thinner ones the coarse grid has too few voxels.
  func isThickEnough(_ brain: Mask) -> Bool {
    grid(around: brain).map(Self.isThickEnough) ?? false
  }

  private static func isThickEnough(_ grid: Geometry) -> Bool { (grid.shape.min() ?? 0) >= leastCount }

  /// Along every axis, in mm.
  var leastThickness: Double { Double(Self.leastCount) * settings.spacing }

  /// Where the field is fitted; nil for an empty mask.
  private func grid(around brain: Mask) -> Geometry? {
    brain.box.map { brain.geometry.isotropic(spacing: settings.spacing, around: $0) }
  }

  /// Voxels along every axis of the coarse grid.
  private static let leastCount = 4

  private static func unusable(_ what: String) -> Problem {
    Problem(
      .badData, what, at: "the scan and its brain mask",
      advice: "give the brain mask of this scan, as brain extraction makes it")
  }
}
