import Tensors

/// A slice while it is painted on; tensors are (size, size). Nothing outside the brain ever changes.
struct SliceCanvas {
  /// Brightness in robust standard deviations from the brain's median.
  private(set) var z: Tensor
  /// 1 inside the brain, 0 outside.
  let brain: Tensor
  /// The pixels of the brain, numbered row by row.
  let inside: [Int]
  private var healthy: Tensor
  private var blended: Tensor

  /// Least share of a lesion in a pixel, and least change in z, that make it anomalous.
  static let (leastShare, leastChange): (Float, Float) = (0.5, 0.6)

  init(z: Tensor, brain: Tensor) throws {
    (self.z, self.brain, healthy) = (z, brain, z)
    blended = try z.zerosLike()
    inside = try brain.values().enumerated().filter { $0.element != 0 }.map(\.offset)
  }

  /// Replaces the slice by another as far as `share` (0 to 1) says.
  mutating func blend(_ other: Tensor, share: Tensor) throws {
    let share = try share * brain
    z = try (z + share * (other - z)).clamp(
      min: RobustZScale.scores.lowerBound, max: RobustZScale.scores.upperBound)
    blended = try blended.maximum(share)
  }

  /// Declares the slice as it is now to be healthy.
  mutating func acceptAsHealthy() throws {
    (healthy, blended) = (z, try z.zerosLike())
  }

  /// 1 where a lesion holds more than half of a pixel and changed it by more than 0.6 z, else 0; a darkened pixel only
  /// with `darkening`.
  func label(darkening: Bool = true) throws -> Tensor {
    let change = try z - healthy
    let changed = try (darkening ? change.abs() : change).greater(than: Self.leastChange).to(.float32)
    return try blended.greater(than: Self.leastShare).to(.float32) * changed * brain
  }
}
