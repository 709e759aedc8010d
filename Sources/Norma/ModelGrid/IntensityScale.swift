import Base
import Methods

/// The map from the intensities of a scan to the model's input, measured in its brain.
struct IntensityScale {
  private enum Kind {
    case linear(centre: Float, scale: Float, shift: Float, upper: Float)
    case ranks(Ranks)
  }

  private let kind: Kind

  /// Measures the brain's values; nil if they are all the same.
  init?(_ normalization: IntensityNormalization, of values: [Float]) {
    switch normalization {
    case .equalized:
      let ranks = Ranks(of: values)
      guard ranks.isVaried else { return nil }
      kind = .ranks(ranks)
    case .robustZ:
      let statistics = RobustStatistics.medianAndDeviation(of: values)
      guard statistics.deviation > 0 else { return nil }
      kind = .linear(
        centre: statistics.median, scale: RobustZScale.unit * statistics.deviation,
        shift: RobustZScale.centre, upper: RobustZScale.inputs.upperBound)
    case .percentile:
      var sorted = values
      let scale = RobustStatistics.quantile(0.98, of: &sorted)
      guard scale > 0 else { return nil }
      kind = .linear(centre: 0, scale: scale, shift: 0, upper: 1)
    }
  }

  /// The model's input for an intensity.
  func normalize(_ value: Float) -> Float {
    switch kind {
    case .linear(let centre, let scale, let shift, let upper):
      min(max(shift + (value - centre) / scale, 0), upper)
    case .ranks(let ranks): ranks[value]
    }
  }
}
