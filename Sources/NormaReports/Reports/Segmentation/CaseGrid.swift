import Base
import Foundation
import Norma
import Volumes

/// A case on cubic voxels along R, A and S around its brain, in template space where that is known, else in scanner
/// space. Its planes are pictures.
struct CaseGrid {
  private let image: Volume
  private let map: Volume
  private let mask: Mask
  private let window: ClosedRange<Float>
  /// The name of the space of the coordinates.
  let space: String
  /// The axial levels in mm from the lowest one up that show all of the brain.
  let levels: [Double]

  private static let spacing = 1.0
  private static let margin = 6.0

  /// Resamples a case; nil for a single slice and without a brain.
  ///
  /// - Throws: `VolumeError` if the affine of the scan is singular.
  init?(_ figures: CohortSegmentation.Figures) throws {
    let toSpace = figures.toTemplate ?? .identity
    guard figures.scan.shape[2] > 1, let box = figures.brain.box(movedBy: toSpace) else { return nil }
    let low = box.low - Self.margin, extent = box.high - box.low + 2 * Self.margin
    let grid = Geometry(
      shape: (0..<3).map { Int(extent[$0] / Self.spacing) + 1 },
      affine: Affine(
        i: SIMD3(Self.spacing, 0, 0), j: SIMD3(0, Self.spacing, 0), k: SIMD3(0, 0, Self.spacing), origin: low)
    )
    image = try Resample.averaged(figures.scan.moved(by: toSpace), to: grid)
    map = try Resample.linear(figures.map.map { $0.isNaN ? 0 : $0 }.moved(by: toSpace), to: grid)
    mask = try Resample.nearest(figures.mask.moved(by: toSpace), to: grid)
    var inside = zip(figures.scan.voxels, figures.brain.voxels).filter { $1 != 0 }.map(\.0)
    window = 0...max(1.1 * RobustStatistics.quantile(0.99, of: &inside), .leastNormalMagnitude)
    space = figures.toTemplate == nil ? "scanner" : "template"
    let thickness = figures.scan.geometry.spacing.max()
    levels = Array(stride(from: box.low.z, through: box.high.z, by: max(thickness, 5)))
  }

  /// The scan in a plane with the outline of the regions.
  func outlined(_ plane: ImageSlice.Plane, at mm: Double) throws -> MontagePanel {
    let slice = slice(plane, at: mm)
    return try .outlined(
      slice.of(image.voxels), window: window, mask: slice.indices.map { mask.voxels[$0] },
      caption: RegionPlace.text(mm, axis: plane.axis))
  }

  /// The map in a plane, on a scale from 0 to `highest`.
  func heat(_ plane: ImageSlice.Plane, at mm: Double, highest: Float) throws -> MontagePanel {
    try .heat(
      slice(plane, at: mm).of(map.voxels), window: 0...highest,
      caption: RegionPlace.text(mm, axis: plane.axis))
  }

  private func slice(_ plane: ImageSlice.Plane, at mm: Double) -> GridPlane {
    GridPlane(plane, at: mm, of: image.geometry)
  }
}
