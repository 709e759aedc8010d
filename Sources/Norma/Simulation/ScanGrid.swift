import Base
import Volumes

/// The voxel grid of a simulated scan, which tiles the field of view of the anatomies.
struct ScanGrid: Sendable {
  let geometry: Geometry
  /// For each voxel of a slice, the four pixels of the anatomy around each of its sample points and their weights.
  private let samples: [[(corner: Int, weights: SIMD4<Float>)]]

  /// Creates the grid. Throws ``SimulationError/noSlices`` if no slice has its centre in `zRange`.
  init(voxelSize: [Double], zRange: ClosedRange<Double>?) throws {
    let grid = Anatomy.grid, size = SIMD3(voxelSize[0], voxelSize[1], voxelSize[2])
    let corner = grid.affine.origin - grid.spacing / 2
    let counts = (0..<3).map { Int(grid.spacing[$0] * Double(grid.shape[$0]) / size[$0]) }
    let slices = (0..<counts[2]).filter {
      zRange?.contains(corner.z + (Double($0) + 0.5) * size.z) ?? true
    }
    guard let lowest = slices.first, counts.min() ?? 0 >= 1 else { throw SimulationError.noSlices }
    let origin = corner + size / 2 + SIMD3(0, 0, Double(lowest) * size.z)
    geometry = Geometry(
      shape: [counts[0], counts[1], slices.count],
      affine: Affine(diagonal: size, origin: origin))
    func points(_ axis: Int, _ voxel: Int) -> [Double] {
      let count = max(Int((size[axis] / grid.spacing[axis]).rounded()), 1)
      return (0..<count).map { point in
        let place = (Double(voxel) + (Double(point) + 0.5) / Double(count)) * size[axis]
        return min(max(place / grid.spacing[axis] - 0.5, 0), Double(grid.shape[axis] - 1) - 1e-3)
      }
    }
    samples = (0..<counts[1]).flatMap { row in
      (0..<counts[0]).map { column in
        points(1, row).flatMap { y in
          points(0, column).map { x in
            let (tx, ty) = (Float(x - x.rounded(.down)), Float(y - y.rounded(.down)))
            return (
              corner: Int(y) * SyntheticSlice.side + Int(x),
              weights: SIMD4((1 - tx) * (1 - ty), tx * (1 - ty), (1 - tx) * ty, tx * ty)
            )
          }
        }
      }
    }
  }

  /// The heights of the slices in mm.
  var heights: [Double] { (0..<geometry.shape[2]).map { geometry.world(ofVoxel: [0, 0, Double($0)]).z } }

  /// Returns the means over the voxels of a slice of values on the grid of anatomies.
  func means(of values: [Float]) -> [Float] {
    let side = SyntheticSlice.side
    return samples.map { points in
      points.reduce(0) { sum, point in
        let (i, weights) = (point.corner, point.weights)
        return sum + weights[0] * values[i] + weights[1] * values[i + 1] + weights[2] * values[i + side]
          + weights[3] * values[i + side + 1]
      } / Float(points.count)
    }
  }
}
