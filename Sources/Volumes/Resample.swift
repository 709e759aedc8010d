import Foundation

/// Resampling onto another grid in world coordinates; voxels outside the source are 0.
public enum Resample {
  /// Trilinear interpolation. Voxels have extent: points within half a voxel of the outermost centres take
  /// the edge's value.
  ///
  /// - Parameters:
  ///   - volume: The source.
  ///   - target: The grid to fill, in the same world mm; 0 beyond the source.
  /// - Returns: The volume on that grid.
  /// - Throws: `VolumeError` of the kind `badAffine` if the source's affine is singular.
  public static func linear(_ volume: Volume, to target: Geometry) throws -> Volume {
    let shape = SIMD3(volume.shape)
    let last = SIMD3<Double>(shape &- 1)
    return try resample(volume, to: target) { source, position in
      let inside = position.clamped(lowerBound: .zero, upperBound: last)
      let floor = inside.rounded(.down), low = truncated(floor), above = inside - floor
      let step = SIMD3<Int>(repeating: 0).replacing(with: 1, where: low .< shape &- 1)
      let weight = SIMD3(Float(above.x), Float(above.y), Float(above.z))
      let (right, ahead, up) = (step.x, step.y * shape.x, step.z * shape.x * shape.y)
      let base = low.x + shape.x * (low.y + shape.y * low.z)

      func alongX(_ index: Int) -> Float { mix(source[index], source[index + right], weight.x) }
      func alongY(_ index: Int) -> Float { mix(alongX(index), alongX(index + ahead), weight.y) }
      return mix(alongY(base), alongY(base + up), weight.z)
    }
  }

  /// Nearest-neighbour interpolation.
  ///
  /// - Throws: `VolumeError` of the kind `badAffine` if the source's affine is singular.
  public static func nearest<Element: Numeric>(
    _ grid: Grid<Element>, to target: Geometry
  ) throws -> Grid<Element> {
    let shape = SIMD3(grid.shape)
    let last = SIMD3<Double>(shape &- 1)
    return try resample(grid, to: target) { source, position in
      let rounded = (position + (0.5 + margin)).rounded(.down)
      let nearest = truncated(rounded.clamped(lowerBound: .zero, upperBound: last))
      return source[nearest.x + shape.x * (nearest.y + shape.y * nearest.z)]
    }
  }

  // In voxels. Despite rounding, points on the border of the grid are inside, and points halfway between two
  // voxels belong to the upper one.
  private static let margin = 1e-6

  @inline(__always)
  private static func resample<Element: Numeric & Sendable>(
    _ grid: Grid<Element>, to target: Geometry,
    sample: @Sendable (UnsafeBufferPointer<Element>, SIMD3<Double>) -> Element
  ) throws -> Grid<Element> {
    let map = try grid.geometry.affine.inverse().composed(with: target.affine)
    let (width, height, depth) = (target.shape[0], target.shape[1], target.shape[2])
    let upper = SIMD3<Double>(SIMD3(grid.shape)) - (0.5 - margin)
    let lower = SIMD3<Double>(repeating: -0.5 - margin)
    let voxels = grid.voxels.withUnsafeBufferPointer { source in
      [Element](unsafeUninitializedCapacity: target.voxelCount) { output, count in
        nonisolated(unsafe) let (input, output) = (source, output)
        parallelFor(depth) { z in
          for y in 0..<height {
            let row = map.j * Double(y) + map.k * Double(z) + map.origin
            let start = width * (y + height * z)
            for x in 0..<width {
              let position = row + map.i * Double(x)
              let isInside = all(position .>= lower) && all(position .<= upper)
              output.initializeElement(at: start + x, to: isInside ? sample(input, position) : 0)
            }
          }
        }
        count = target.voxelCount
      }
    }
    return Grid(geometry: target, voxels: voxels, header: grid.header)
  }
}

/// `SIMD3<Int>(vector)` converts by generic code, which took a third of the time of resampling.
@inline(__always)
private func truncated(_ vector: SIMD3<Double>) -> SIMD3<Int> {
  SIMD3(Int(vector.x), Int(vector.y), Int(vector.z))
}

@inline(__always)
private func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float { a + (b - a) * weight }
