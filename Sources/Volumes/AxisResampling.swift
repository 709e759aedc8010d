extension Resample {
  /// Resamples onto a grid with the same axis directions by a triangle filter as wide as the coarser of the
  /// two voxels: linear interpolation to a finer grid, averaging to a coarser one. Edge values extend beyond
  /// the border.
  ///
  /// - Throws: `badAffine` if the source's affine is singular.
  public static func alongAxes(_ volume: Volume, to target: Geometry) throws -> Volume {
    let map = try volume.geometry.affine.inverse().composed(with: target.affine)
    var (shape, values) = (volume.shape, volume.voxels)
    for axis in 0..<3 {
      precondition(
        (0..<3).allSatisfy {
          $0 == axis || abs(map.columns[axis][$0]) * Double(target.shape[axis]) < tolerance
        } && map.columns[axis][axis] > 0, "the axes of the grids differ in direction")
      let weights = AxisWeights(
        count: target.shape[axis], first: map.origin[axis], step: map.columns[axis][axis],
        sourceCount: shape[axis])
      values = weights.apply(values, shape: shape, axis: axis)
      shape[axis] = target.shape[axis]
    }
    return Volume(geometry: target, voxels: values, header: volume.header)
  }

  // In source voxels, over the whole length of an axis.
  private static let tolerance = 1e-3
}

/// The weights of the source samples in each target sample along one axis.
private struct AxisWeights: Sendable {
  struct Row: Sendable {
    let start: Int
    let weights: [Float]
  }

  let rows: [Row]

  /// Target samples are at `first + step * index`, in source samples.
  init(count: Int, first: Double, step: Double, sourceCount: Int) {
    let reach = max(1, step)
    rows = (0..<count).map { target in
      let centre = first + step * Double(target)
      let support = Int((centre - reach).rounded(.down))...Int((centre + reach).rounded(.up))
      func inside(_ index: Int) -> Int { min(max(index, 0), sourceCount - 1) }
      let start = inside(support.lowerBound)
      var weights = [Double](repeating: 0, count: inside(support.upperBound) - start + 1)
      for source in support {
        weights[inside(source) - start] += max(0, 1 - abs(Double(source) - centre) / reach)
      }
      let total = weights.reduce(0, +)
      return Row(start: start, weights: weights.map { Float($0 / total) })
    }
  }

  /// The values with `axis` resampled; x is fastest.
  func apply(_ values: [Float], shape: [Int], axis: Int) -> [Float] {
    let inner = shape[..<axis].reduce(1, *)
    let outer = shape[(axis + 1)...].reduce(1, *)
    let (sourceCount, targetCount) = (shape[axis], rows.count)
    // Lines along x are too short for a task each.
    let chunk = max(1, 4096 / (inner * targetCount))
    return values.withUnsafeBufferPointer { source in
      [Float](unsafeUninitializedCapacity: inner * targetCount * outer) { output, count in
        output.initialize(repeating: 0)
        nonisolated(unsafe) let (input, output) = (source, output)
        parallelFor((outer + chunk - 1) / chunk) { group in
          for line in group * chunk..<min((group + 1) * chunk, outer) {
            for (target, row) in rows.enumerated() {
              let to = (line * targetCount + target) * inner
              row.weights.withUnsafeBufferPointer { weights in
                for offset in weights.indices {
                  let from = (line * sourceCount + row.start + offset) * inner
                  let weight = weights[offset]
                  for index in 0..<inner { output[to + index] += weight * input[from + index] }
                }
              }
            }
          }
        }
        count = inner * targetCount * outer
      }
    }
  }
}
