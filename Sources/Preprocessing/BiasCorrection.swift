import Base
import Foundation
public import Volumes

/// Correction of the intensity inhomogeneity of a scan: N4 on a coarse grid of the brain.
public struct BiasCorrection: Sendable {
  /// The settings of N4.
  public let settings: BiasCorrectionSettings

  /// Creates a correction with these settings.
  public init(settings: BiasCorrectionSettings = .init()) { self.settings = settings }

  /// Divides a scan by its bias field, also outside the brain.
  ///
  /// - Parameters:
  ///   - scan: The scan; its intensities may have any unit.
  ///   - brain: The brain mask on the grid of the scan.
  /// - Returns: The corrected scan on the same grid.
  /// - Throws: A ``Problem`` if the mask is on another grid or too small to fit a field.
  public func correct(_ scan: Volume, brain: Mask) throws -> Volume {
    let field = try logField(of: scan, brain: brain)
    var corrected = scan
    corrected.voxels = zip(scan.voxels, field.voxels).map { $0 / exp($1) }
    return corrected
  }

  /// Returns the natural logarithm of the bias field on the grid of the scan, extended constantly beyond the
  /// bounding box of the brain.
  ///
  /// - Throws: The errors of ``correct(_:brain:)``.
  public func logField(of scan: Volume, brain: Mask) throws -> Volume {
    guard brain.geometry.matches(scan.geometry) else {
      throw Self.unusable("the brain mask is not on the grid of the scan")
    }
    guard let grid = grid(around: brain) else { throw Self.unusable("the brain mask is empty") }
    guard Self.isThickEnough(grid) else {
      let thickness = Double(grid.shape.min() ?? 0) * settings.spacing
      throw Self.unusable(
        "the brain mask is \(thickness.formatted(fraction: 0)) mm thick; bias correction needs "
          + "\(minimumThickness.formatted(fraction: 0)) mm")
    }
    // N4 fits logarithms.
    let coarse = try Resample.alongAxes(scan.map { $0.isFinite ? max($0, 0) : 0 }, to: grid)
    let fraction = try Resample.alongAxes(brain.map { Float($0) }, to: grid)
    let mask = Mask(
      geometry: grid, voxels: zip(fraction.voxels, coarse.voxels).map { $0 > 0.5 && $1 > 0 ? 1 : 0 })
    guard mask.voxels.contains(1) else {
      throw Self.unusable("the scan has no positive intensities inside the brain mask")
    }
    return try Resample.alongAxes(
      ITK.logBiasField(of: coarse, mask: mask, settings: settings), to: scan.geometry)
  }

  /// Returns true if the coarse grid of the brain has enough voxels to fit a field.
  func isThickEnough(_ brain: Mask) -> Bool { grid(around: brain).map(Self.isThickEnough) ?? false }

  private static func isThickEnough(_ grid: Geometry) -> Bool { (grid.shape.min() ?? 0) >= minimumCount }

  /// The minimum thickness of the brain along each axis, in mm.
  var minimumThickness: Double { Double(Self.minimumCount) * settings.spacing }

  /// Returns the grid on which the field is fitted, or nil for an empty mask.
  private func grid(around brain: Mask) -> Geometry? {
    brain.box.map { brain.geometry.isotropic(spacing: settings.spacing, around: $0) }
  }

  /// The minimum number of voxels along each axis of the coarse grid.
  private static let minimumCount = 4

  private static func unusable(_ what: String) -> Problem {
    Problem(
      .badData, what, at: "the scan and its brain mask",
      advice: "give the brain mask of this scan, such as that of brain extraction")
  }
}
