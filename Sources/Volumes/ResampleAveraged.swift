extension Resample {
  /// Trilinear interpolation after averaging over boxes of whole voxels where the target is coarser, so that
  /// detail finer than the target does not alias; throws `badAffine` when the source's affine is singular.
  public static func averaged(_ volume: Volume, to target: Geometry) throws -> Volume {
    let steps = try volume.geometry.affine.inverse().composed(with: target.affine)
    let factors = (0..<3).map { axis in
      max(1, Int(steps.columns.map { abs($0[axis]) }.max()?.rounded() ?? 1))
    }
    return try linear(volume.shrunk(by: factors), to: target)
  }
}

extension Grid<Float> {
  /// The means of boxes of voxels; boxes at the end of an axis may be smaller.
  public func shrunk(by factors: [Int]) -> Volume {
    precondition(factors.count == 3 && factors.allSatisfy { $0 > 0 })
    guard factors != [1, 1, 1] else { return self }
    var means = voxels, shape = shape
    for axis in 0..<3 where factors[axis] > 1 {
      means = Self.shrunk(means, shape: shape, axis: axis, factor: factors[axis])
      shape[axis] = (shape[axis] + factors[axis] - 1) / factors[axis]
    }
    let middle = SIMD3<Double>((0..<3).map { Double(factors[$0] - 1) / 2 })
    let affine = geometry.affine
    let coarse = Affine(
      i: affine.i * Double(factors[0]), j: affine.j * Double(factors[1]), k: affine.k * Double(factors[2]),
      origin: affine.apply(middle))
    return Volume(geometry: Geometry(shape: shape, affine: coarse), voxels: means, header: header)
  }

  private static func shrunk(_ voxels: [Float], shape: [Int], axis: Int, factor: Int) -> [Float] {
    let inner = shape[..<axis].reduce(1, *), length = shape[axis]
    let outer = shape[(axis + 1)...].reduce(1, *), count = (length + factor - 1) / factor
    return [Float](unsafeUninitializedCapacity: inner * count * outer) { means, filled in
      voxels.withUnsafeBufferPointer { source in
        nonisolated(unsafe) let (source, means) = (source, means)
        parallelFor(outer) { block in
          for box in 0..<count {
            let last = min((box + 1) * factor, length)
            let share = 1 / Float(last - box * factor)
            let target = (block * count + box) * inner
            for offset in 0..<inner {
              var sum: Float = 0
              for position in box * factor..<last { sum += source[(block * length + position) * inner + offset] }
              means.initializeElement(at: target + offset, to: sum * share)
            }
          }
        }
      }
      filled = inner * count * outer
    }
  }
}
