import Base
import Foundation
package import Volumes

/// A picture for the quality control of brain extraction and registration: slices of the scan in template
/// space with the masks of its brain and of the template's.
public struct QualityPicture: Sendable {
  /// A slice; the first axis of the plane is contiguous, in RAS+ order.
  public struct Slice: Sendable {
    /// The axis across the slice: 0 sagittal, 1 coronal, 2 axial.
    public let axis: Int
    /// The template-space position along that axis in mm.
    public let position: Double
    /// The number of pixels along the two axes of the slice.
    public let width, height: Int
    /// The intensities, scaled to 0...1 between the 1st and 99th percentile of the slice.
    public let image: [Float]
    /// The masks of the brain and of the template's brain; 1 inside.
    public let brain, template: [UInt8]

    /// The template-space z in mm of each pixel.
    public var heights: [Double] {
      image.indices.map {
        axis == 2 ? position : QualityPicture.low.z + Double($0 / width) * QualityPicture.spacing
      }
    }
  }

  /// Three axial slices, one sagittal, one coronal.
  public let slices: [Slice]

  /// The pixel size in mm.
  private static let spacing = 2.0
  private static let positions: [(axis: Int, position: Double)] = [
    (2, -20), (2, 16), (2, 48), (0, 6), (1, -20),
  ]
  /// The bounds of the region in template-space mm; they include the head.
  private static let low = SIMD3(-92.0, -126, -84), high = SIMD3(92.0, 98, 100)

  /// Creates the picture of a scan that `toTemplate` maps to the template.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` if an affine is singular.
  package init(_ scan: Volume, brain: Mask, toTemplate: Affine, templateBrain: Mask) throws {
    let image = try Resample.averaged(scan.moved(by: toTemplate), to: Self.grid)
    let mask = try Resample.nearest(brain.moved(by: toTemplate), to: Self.grid)
    let template = try Resample.nearest(templateBrain, to: Self.grid)
    slices = Self.positions.map { axis, position in
      let indices = Self.indices(acrossAxis: axis, at: position)
      let shape = (0..<3).filter { $0 != axis }.map { Self.grid.shape[$0] }
      return Slice(
        axis: axis, position: position, width: shape[0], height: shape[1],
        image: Self.windowed(indices.map { image.voxels[$0] }), brain: indices.map { mask.voxels[$0] },
        template: indices.map { template.voxels[$0] })
    }
  }

  private static let grid: Geometry = {
    let extent: SIMD3<Double> = high - low
    let size = (0..<3).map { Int((extent[$0] / spacing).rounded()) }
    return Geometry(
      shape: size,
      affine: Affine(diagonal: SIMD3(repeating: spacing), origin: low))
  }()

  /// Returns the indices of the voxels of one layer of the grid, in order.
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
