import Base
import Foundation
package import Volumes

/// What a person looks at to judge brain extraction and registration: slices of the scan in template space, with the
/// brain that was found and that of the template.
public struct QualityPicture: Sendable {
  /// One slice; values run along the first axis of the plane fastest, in RAS+ order.
  public struct Slice: Sendable {
    /// The axis across the slice: 0 sagittal, 1 coronal, 2 axial.
    public let axis: Int
    /// Template-space position along that axis in mm.
    public let position: Double
    /// Pixels along the two axes of the slice.
    public let width, height: Int
    /// The scan, 0 to 1 between the 1st and 99th percentile of the picture.
    public let image: [Float]
    /// The brain that was found and the template's; 1 inside.
    public let brain, template: [UInt8]
  }

  /// Three axial slices, one sagittal, one coronal.
  public let slices: [Slice]

  /// Side of a pixel in mm.
  private static let spacing = 2.0
  private static let positions: [(axis: Int, position: Double)] = [
    (2, -20), (2, 16), (2, 48), (0, 6), (1, -20),
  ]
  /// The region shown, in template-space mm: the head, not only the brain.
  private static let low = SIMD3(-92.0, -126, -84), high = SIMD3(92.0, 98, 100)

  /// Of a scan with its brain, placed in the template by `toTemplate`; throws where its affine is singular.
  package init(_ scan: Volume, brain: Mask, toTemplate: Affine, templateBrain: Mask) throws {
    func placed<Element>(_ grid: Grid<Element>) -> Grid<Element> {
      Grid(geometry: grid.geometry.moved(by: toTemplate), voxels: grid.voxels)
    }
    let image = try Resample.averaged(placed(scan), to: Self.grid)
    let found = try Resample.nearest(placed(brain), to: Self.grid)
    let template = try Resample.nearest(templateBrain, to: Self.grid)
    slices = Self.positions.map { axis, position in
      let indices = Self.indices(acrossAxis: axis, at: position)
      let shape = (0..<3).filter { $0 != axis }.map { Self.grid.shape[$0] }
      return Slice(
        axis: axis, position: position, width: shape[0], height: shape[1],
        image: Self.windowed(indices.map { image.voxels[$0] }), brain: indices.map { found.voxels[$0] },
        template: indices.map { template.voxels[$0] })
    }
  }

  private static let grid: Geometry = {
    let extent: SIMD3<Double> = high - low
    let size = (0..<3).map { Int((extent[$0] / spacing).rounded()) }
    return Geometry(
      shape: size,
      affine: Affine(
        i: SIMD3(spacing, 0, 0), j: SIMD3(0, spacing, 0), k: SIMD3(0, 0, spacing), origin: low))
  }()

  /// The voxels of one layer of the grid, in order.
  private static func indices(acrossAxis axis: Int, at position: Double) -> [Int] {
    let strides = [1, grid.shape[0], grid.shape[0] * grid.shape[1]]
    let layer = Int(((position - low[axis]) / spacing).rounded())
    return (0..<grid.voxelCount).filter { $0 / strides[axis] % grid.shape[axis] == layer }
  }

  private static func windowed(_ values: [Float]) -> [Float] {
    var sorted = values
    let low = RobustStatistics.quantile(0.01, of: &sorted)
    let range = max(RobustStatistics.quantile(0.99, of: &sorted) - low, .leastNormalMagnitude)
    return values.map { min(max(($0 - low) / range, 0), 1) }
  }
}
