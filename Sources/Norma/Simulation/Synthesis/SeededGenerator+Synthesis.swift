import Base
import Foundation

extension SeededGenerator {
  /// Returns a uniform number of a range of the settings.
  mutating func uniform(_ range: [Double]) -> Float { uniform(Float(range[0])...Float(range[1])) }

  /// Returns a number of a range of the settings whose logarithm is uniform.
  mutating func logUniform(_ range: [Double]) -> Float {
    Float(range[0] * exp(Double(uniform(0...1)) * log(range[1] / range[0])))
  }
}

/// Returns e^x for -20...20, from arithmetic that is equal on every machine; the relative error is below 1e-3.
@inline(__always)
func exponential(_ x: Float) -> Float {
  // e^x = (e^(x / 256))^256, with the Taylor series of degree 3.
  let t = min(max(x, -20), 20) * (1 / 256)
  var e = 1 + t * (1 + t * (0.5 + t * (1 / 6)))
  for _ in 0..<8 { e *= e }
  return e
}

/// Returns the logistic function of x.
@inline(__always)
func logistic(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }
