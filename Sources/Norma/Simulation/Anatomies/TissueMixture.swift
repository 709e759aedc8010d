import Foundation

/// A mixture of three normal distributions, one per ``Matter``, with prior probabilities that differ between
/// voxels, fitted by expectation maximisation (Ashburner and Friston 1997, doi:10.1006/nimg.1997.0290).
struct TissueMixture {
  /// The mean intensities of grey matter, white matter and fluid.
  private(set) var means: SIMD3<Double>
  /// The standard deviations.
  private(set) var deviations: SIMD3<Double>

  private static let iterations = 40
  /// Added to every deviation, in units of the scaled intensities, so that no class collapses.
  private static let leastDeviation = 0.01
  /// Added to every likelihood sum, for values far from all classes.
  private static let leastLikelihood = 1e-9

  /// Fits intensities of a T1-weighted scan, scaled so that the brightest are about 1; there is one vector of
  /// prior probabilities per value.
  init(fitting values: [Float], priors: [SIMD3<Float>], median: Double) {
    means = SIMD3(0.65, 0.9, 0.3) * (median / 0.75)
    deviations = SIMD3(0.1, 0.1, 0.12)
    for _ in 0..<Self.iterations { update(values, priors) }
  }

  /// Returns the probabilities of the three classes for a value.
  func posterior(of value: Float, prior: SIMD3<Float>) -> SIMD3<Float> {
    let distance = (Double(value) - means) / deviations
    let exponent = -0.5 * distance * distance
    let likelihood =
      SIMD3<Double>(prior) * SIMD3(exp(exponent.x), exp(exponent.y), exp(exponent.z)) / deviations
    return SIMD3<Float>(likelihood / (likelihood.sum() + Self.leastLikelihood))
  }

  private mutating func update(_ values: [Float], _ priors: [SIMD3<Float>]) {
    var (weights, sums) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    var posteriors = [SIMD3<Float>](repeating: .zero, count: values.count)
    for index in values.indices {
      let posterior = posterior(of: values[index], prior: priors[index])
      posteriors[index] = posterior
      weights += SIMD3<Double>(posterior)
      sums += SIMD3<Double>(posterior) * Double(values[index])
    }
    means = sums / weights
    var squares = SIMD3<Double>.zero
    for index in values.indices {
      let distance = Double(values[index]) - means
      squares += SIMD3<Double>(posteriors[index]) * distance * distance
    }
    deviations = (squares / weights).squareRoot() + Self.leastDeviation
  }
}
