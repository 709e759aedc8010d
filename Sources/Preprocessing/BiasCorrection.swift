import Base
import Foundation
public import Volumes

/// Correction of the intensity inhomogeneity of a scan: N4 on a coarse grid of the brain.
///
/// A flexible field follows a large bright lesion and removes it. The fit therefore leaves out what is still
/// much brighter than the brain after a first, stiff correction.
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
    let count = grid.shape.min() ?? 0
    guard count >= Self.minimumCount else {
      func millimetres(_ count: Int) -> String { (Double(count) * settings.spacing).formatted(fraction: 0) }
      throw Self.unusable(
        "the brain mask is \(millimetres(count)) mm thick; bias correction needs "
          + "\(millimetres(Self.minimumCount)) mm")
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
      ITK.logBiasField(of: coarse, mask: withoutOutliers(mask, in: coarse), settings: settings),
      to: scan.geometry)
  }

  /// Returns the part of the mask that is not near a voxel much brighter than the brain.
  private func withoutOutliers(_ mask: Mask, in scan: Volume) throws -> Mask {
    guard settings.outlierDeviations > 0 else { return mask }
    var stiff = settings
    stiff.levels = min(settings.levels, Self.stiffLevels)
    let field = try ITK.logBiasField(of: scan, mask: mask, settings: stiff)
    let inside = mask.voxels.indices.filter { mask.voxels[$0] != 0 }
    let values = inside.map { log(scan.voxels[$0]) - field.voxels[$0] }
    let (median, deviation) = RobustStatistics.medianAndDeviation(of: values)
    let limit = median + Float(settings.outlierDeviations) * deviation
    var bright = Mask(geometry: mask.geometry, repeating: 0)
    for (index, value) in zip(inside, values) where value > limit { bright.voxels[index] = 1 }
    // So much of the brain is a tissue, not a lesion.
    guard Double(bright.count) <= Self.maximumOutliers * Double(inside.count) else { return mask }
    let excluded = bright.grown(by: settings.outlierMargin)
    return Mask(geometry: mask.geometry, voxels: zip(mask.voxels, excluded.voxels).map { $1 == 0 ? $0 : 0 })
  }

  /// The number of levels of the first correction, too few to follow a lesion.
  private static let stiffLevels = 2
  /// The maximum fraction of the brain that is left out, without the margin.
  private static let maximumOutliers = 0.2

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
