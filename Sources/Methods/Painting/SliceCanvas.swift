import Tensors

/// A slice that is painted on; tensors are (size, size). Nothing outside the brain changes.
struct SliceCanvas {
  /// The intensity as z-scores.
  private(set) var z: Tensor
  /// 1 inside the brain, 0 outside.
  let brain: Tensor
  /// The pixels of the brain, numbered row by row.
  let inside: [Int]
  private var healthy: Tensor
  private var blended: Tensor

  /// The fraction of a pixel that is lesion and its change in z above which it is labelled.
  static let (leastFraction, leastChange): (Float, Float) = (0.5, 0.6)

  init(z: Tensor, brain: Tensor) throws {
    (self.z, self.brain, healthy) = (z, brain, z)
    blended = try z.zerosLike()
    inside = try brain.values().enumerated().filter { $0.element != 0 }.map(\.offset)
  }

  /// Moves the slice towards another one by `weight`, 0 to 1.
  mutating func blend(_ other: Tensor, weight: Tensor) throws {
    let weight = try weight * brain
    z = try (z + weight * (other - z)).clamp(
      min: RobustZScale.scores.lowerBound, max: RobustZScale.scores.upperBound)
    blended = try blended.maximum(weight)
  }

  /// Takes the current slice as healthy.
  mutating func acceptAsHealthy() throws {
    (healthy, blended) = (z, try z.zerosLike())
  }

  /// 1 where more than half of a pixel is lesion and its intensity changed by more than 0.6 z, else 0.
  /// Darkened pixels are labelled with `darkening` only.
  func label(darkening: Bool = true) throws -> Tensor {
    let change = try z - healthy
    let changed = try (darkening ? change.abs() : change).greater(than: Self.leastChange).to(.float32)
    return try blended.greater(than: Self.leastFraction).to(.float32) * changed * brain
  }
}
