import Base
import Foundation
import Norma
import Volumes

/// A case on cubic voxels along R, A and S around its brain, in template space where that is known, else in scanner
/// space. Its planes are pictures.
struct CaseGrid {
  private let image: Picture
  /// Nil without a T1w.
  private let t1w: Picture?
  private let map: Volume
  private let mask, brain: Mask
  /// The middle of the brain in mm.
  let middle: SIMD3<Double>
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
      affine: Affine(diagonal: SIMD3(repeating: Self.spacing), origin: low)
    )
    image = try Picture(figures.scan, inside: figures.brain, toSpace, grid)
    t1w = try figures.t1w.map { try Picture($0, inside: figures.brain, toSpace, grid) }
    brain = try Resample.nearest(figures.brain.moved(by: toSpace), to: grid)
    middle = (box.low + box.high) / 2
    map = try Resample.linear(figures.map.map { $0.isNaN ? 0 : $0 }.moved(by: toSpace), to: grid)
    mask = try Resample.nearest(figures.mask.moved(by: toSpace), to: grid)
    space = figures.toTemplate == nil ? "scanner" : "template"
    let thickness = figures.scan.geometry.spacing.max()
    levels = Array(stride(from: box.low.z, through: box.high.z, by: max(thickness, 5)))
  }

  /// The scan in a plane with the outline of the regions.
  func outlined(_ plane: ImageSlice.Plane, at mm: Double) throws -> MontagePanel {
    try outlined(image, mask, plane, at: mm)
  }

  /// The scan and the T1w in a plane with the outline of the brain; none without a T1w.
  func contrasts(_ plane: ImageSlice.Plane, at mm: Double) throws -> [MontagePanel] {
    try t1w.map { try [image, $0].map { try outlined($0, brain, plane, at: mm) } } ?? []
  }

  private func outlined(_ picture: Picture, _ mask: Mask, _ plane: ImageSlice.Plane, at mm: Double) throws
    -> MontagePanel
  {
    let slice = slice(plane, at: mm)
    return try .outlined(
      slice.of(picture.volume.voxels), window: picture.window, mask: slice.indices.map { mask.voxels[$0] },
      caption: RegionPlace.text(mm, axis: plane.axis))
  }

  /// The map in a plane, on a scale from 0 to `highest`.
  func heat(_ plane: ImageSlice.Plane, at mm: Double, highest: Float) throws -> MontagePanel {
    try .heat(
      slice(plane, at: mm).of(map.voxels), window: 0...highest,
      caption: RegionPlace.text(mm, axis: plane.axis))
  }

  private func slice(_ plane: ImageSlice.Plane, at mm: Double) -> GridPlane {
    GridPlane(plane, at: mm, of: map.geometry)
  }

  /// A scan on the grid, and the intensities that are black and white.
  private struct Picture {
    let volume: Volume
    let window: ClosedRange<Float>

    init(_ scan: Volume, inside brain: Mask, _ toSpace: Affine, _ grid: Geometry) throws {
      volume = try Resample.averaged(scan.moved(by: toSpace), to: grid)
      var inside = zip(scan.voxels, brain.voxels).filter { $1 != 0 }.map(\.0)
      window = 0...max(1.1 * RobustStatistics.quantile(0.99, of: &inside), .leastNormalMagnitude)
    }
  }
}
