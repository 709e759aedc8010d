package import Volumes

/// The axial slices of a synthetic brain on the model grid, from the lowest one up.
package struct SyntheticBrain: Sendable, Hashable {
  /// The slices, without adjacent ones.
  package let slices: [SyntheticSlice]
  /// Their distance in mm.
  package let sliceSpacing: Double

  /// The grid of the slices in template space.
  package var geometry: Geometry {
    let grid = Anatomy.grid, size = slices.first?.gridSize ?? SyntheticSlice.side
    let spacing = grid.spacing * Double(SyntheticSlice.side) / Double(size)
    // The outer edges stay where they are.
    let origin = grid.affine.origin + (spacing - grid.spacing) / 2
    return Geometry(
      shape: [size, size, slices.count],
      affine: Affine(
        diagonal: SIMD3(spacing.x, spacing.y, sliceSpacing),
        origin: SIMD3(origin.x, origin.y, slices.first?.z ?? origin.z)))
  }

  /// The inputs of the model as a volume.
  package var image: Volume { Volume(geometry: geometry, voxels: slices.flatMap(\.image)) }
  /// The brain.
  package var brain: Mask { mask(\.brain) }
  /// The voxels that a lesion visibly brightens.
  package var lesion: Mask { mask(\.lesion) }

  private func mask(_ part: (SyntheticSlice) -> [Float]) -> Mask {
    Mask(geometry: geometry, voxels: slices.flatMap { part($0).map { $0 > 0 ? 1 : 0 } })
  }
}
