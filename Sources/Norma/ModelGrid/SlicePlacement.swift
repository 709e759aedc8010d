import Tensors
import Volumes

/// The linear maps between the axial slices of a scan and the model grid along each axis.
///
/// An image (rows y, columns x) goes to the grid as `toGridY · image · toGridXᵀ`. Outside it is zero.
/// Downsampling averages (a triangle filter as wide as the coarser pixel), as PIL and torch do with
/// antialias.
struct SlicePlacement: Sendable {
  let toGridX, toGridY, toScanX, toScanY: Tensor

  /// `scan` is RAS+ canonical; `offset` (mm) is added to its world coordinates before placing.
  init(scan: Geometry, recipe: Recipe, offset: SIMD3<Double>) throws {
    let corner = scan.world(ofVoxel: SIMD3(0, 0, Double(scan.shape[2] - 1) / 2)) + offset
    func axis(_ index: Int) throws -> (toGrid: Tensor, toScan: Tensor) {
      let scanAxis = SampledAxis(count: scan.shape[index], first: corner[index], spacing: scan.spacing[index])
      let half = Double(recipe.gridSize - 1) / 2 * recipe.gridSpacing
      let gridAxis = SampledAxis(
        count: recipe.gridSize, first: recipe.gridCentre[index] - half, spacing: recipe.gridSpacing)
      return (try gridAxis.interpolation(from: scanAxis), try scanAxis.interpolation(from: gridAxis))
    }
    (toGridX, toScanX) = try axis(0)
    (toGridY, toScanY) = try axis(1)
  }

  /// Brings slices (n, ny, nx) of the scan to the model grid: (n, size, size).
  func toGrid(_ slices: Tensor) throws -> Tensor {
    try toGridY.matmul(slices).matmul(toGridX.transpose(0, 1))
  }

  /// Brings maps (n, size, size) to the scan's own pixels: (n, ny, nx).
  func toScan(_ maps: Tensor) throws -> Tensor {
    try toScanY.matmul(maps).matmul(toScanX.transpose(0, 1))
  }
}

/// Equally spaced sample positions along one axis, in mm.
private struct SampledAxis {
  let count: Int
  let first, spacing: Double

  /// The (count x other.count) matrix that interpolates values given at `other`'s positions.
  func interpolation(from other: SampledAxis) throws -> Tensor {
    let reach = max(1, spacing / other.spacing)
    var weights = [Float](repeating: 0, count: count * other.count)
    for target in 0..<count {
      let centre = (first + Double(target) * spacing - other.first) / other.spacing
      let support = Int((centre - reach).rounded(.up))...Int((centre + reach).rounded(.down))
      let total = support.reduce(0) { $0 + max(0, 1 - abs(Double($1) - centre) / reach) }
      for source in support.clamped(to: -1...other.count) where source >= 0 && source < other.count {
        weights[target * other.count + source] = Float(
          max(0, 1 - abs(Double(source) - centre) / reach) / total)
      }
    }
    return try Tensor(weights, shape: [count, other.count])
  }
}
