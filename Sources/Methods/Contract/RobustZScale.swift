package import Tensors

/// The scale of the recipe's normalisation `robust-z`: the model's input is 0.5 + z / 10, clipped to 0...1.5,
/// with z = (intensity - median) / (1.4826 MAD) inside the brain.
package enum RobustZScale {
  /// The input at z = 0.
  package static let centre: Float = 0.5
  /// z-scores per unit of the input.
  package static let unit: Float = 10
  /// The inputs that the scale can produce.
  package static let inputs: ClosedRange<Float> = 0...1.5
  /// The z-scores that the input can represent, -5...10.
  package static let scores =
    (inputs.lowerBound - centre) * unit...(inputs.upperBound - centre) * unit

  /// The z-scores of an input.
  package static func toZ(_ input: Tensor) throws -> Tensor { try (input - centre) * unit }
  /// The input of z-scores.
  package static func toInput(_ z: Tensor) throws -> Tensor { try z * (1 / unit) + centre }
}
