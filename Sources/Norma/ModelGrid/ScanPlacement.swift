import Tensors
import Volumes

/// The position of the slices of the model grid in a scan.
protocol ScanPlacement: Sendable {
  /// Brings values on the scan's RAS+ canonical grid to slices (slices, size, size).
  func toGrid(_ voxels: [Float]) throws -> [Float]
  /// Brings maps (slices, size, size) to the scan's RAS+ canonical grid.
  func toScan(_ maps: Tensor) throws -> [Float]
  /// For each slice of the model grid, whether it shows a voxel of a mask on the canonical grid.
  func slices(showing mask: Mask) -> [Bool]
}

/// A scan whose own axial slices the model sees, without interpolation between them.
struct StackPlacement: ScanPlacement {
  let inPlane: SlicePlacement
  /// The gridded slices among those of the scan.
  let slices: [Int]
  let shape: [Int]

  func toGrid(_ voxels: [Float]) throws -> [Float] {
    let area = shape[0] * shape[1]
    let chosen = slices.flatMap { voxels[$0 * area..<($0 + 1) * area] }
    return try inPlane.toGrid(Tensor(chosen, shape: [slices.count, shape[1], shape[0]])).values()
  }

  func toScan(_ maps: Tensor) throws -> [Float] {
    let onScan = try inPlane.toScan(maps).values()
    let area = shape[0] * shape[1]
    var voxels = [Float](repeating: 0, count: area * shape[2])
    for (row, slice) in slices.enumerated() {
      voxels.replaceSubrange(
        slice * area..<(slice + 1) * area, with: onScan[row * area..<(row + 1) * area])
    }
    return voxels
  }

  func slices(showing mask: Mask) -> [Bool] {
    slices.map { mask.slice($0).contains { $0 != 0 } }
  }
}

/// A registered scan, resampled to axial slices of the template.
struct TemplatePlacement: ScanPlacement {
  /// The model grid in template space: (size, size, slices).
  let grid: Geometry
  /// The scan's RAS+ canonical grid, moved to template space by the registration.
  let scan: Geometry

  /// `z` is the template-space z in mm of the slices, equally spaced.
  init(scan: Geometry, recipe: Recipe, z: [Double]) {
    self.scan = scan
    let half = Double(recipe.gridSize - 1) / 2 * recipe.gridSpacing
    grid = Geometry(
      shape: [recipe.gridSize, recipe.gridSize, z.count],
      affine: Affine(
        diagonal: SIMD3(recipe.gridSpacing, recipe.gridSpacing, recipe.sliceSpacing),
        origin: SIMD3(recipe.gridCentre[0] - half, recipe.gridCentre[1] - half, z[0])))
  }

  func toGrid(_ voxels: [Float]) throws -> [Float] {
    try Resample.averaged(Volume(geometry: scan, voxels: voxels), to: grid).voxels
  }

  func toScan(_ maps: Tensor) throws -> [Float] {
    try Resample.linear(Volume(geometry: grid, voxels: maps.values()), to: scan).voxels
  }

  func slices(showing mask: Mask) -> [Bool] {
    let spacing = grid.spacing.z
    // Half the height of a voxel, which may be oblique, and half that of a slice.
    let reach = scan.affine.columns.reduce(0) { $0 + abs($1.z) } / 2 + spacing / 2
    var isShown = [Bool](repeating: false, count: grid.shape[2])
    mask.forEachVoxel(in: scan) { point in
      let first = Int(((point.z - reach - grid.affine.origin.z) / spacing).rounded(.up))
      let last = Int(((point.z + reach - grid.affine.origin.z) / spacing).rounded(.down))
      for slice in stride(from: first, through: last, by: 1) where isShown.indices.contains(slice) {
        isShown[slice] = true
      }
    }
    return isShown
  }
}
