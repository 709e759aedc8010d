import Foundation

/// A number with three significant digits, or as an integer above 1000; a dash if it is not finite.
func format(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  let magnitude = abs(value)
  if value == value.rounded(), magnitude < 1e7 { return String(format: "%.0f", value) }
  if magnitude >= 1000, magnitude < 1e7 { return String(format: "%.0f", value) }
  return String(format: "%.3g", value)
}

/// A number with three significant digits including trailing zeros, for columns of numbers.
func aligned(_ value: Double) -> String {
  (1e-3..<100).contains(abs(value)) ? String(format: "%#.3g", value) : format(value)
}

/// A value with its interval, a dash where there is none.
func aligned(_ value: Double?, _ interval: [Double]?) -> String {
  aligned(value ?? .nan) + (interval.map { " (\(aligned($0[0])) to \(aligned($0[1])))" } ?? "")
}

/// The tick marks of an axis: round numbers, of which the first and last enclose the data.
struct NiceTicks {
  let values: [Double]
  let labels: [String]
  /// Whether the axis is logarithmic.
  let isLogarithmic: Bool

  var range: ClosedRange<Double> { values[0]...values[values.count - 1] }

  /// The position of a value between the first mark (0) and the last (1).
  func position(_ value: Double) -> Double {
    func place(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }
    return (place(value) - place(range.lowerBound)) / (place(range.upperBound) - place(range.lowerBound))
  }

  /// Marks at 1, 2 and 5 times powers of ten, or only at powers of ten over more than three decades; the
  /// range must be positive.
  init(decadesEnclosing range: ClosedRange<Double>) {
    precondition(range.lowerBound > 0, "a logarithmic axis needs positive values")
    let first = Int(log10(range.lowerBound).rounded(.down)), last = Int(log10(range.upperBound).rounded(.up))
    let leads = last - first > 3 ? [1.0] : [1, 2, 5]
    let marks = (first...max(last, first + 1)).flatMap { power in leads.map { $0 * pow(10, Double(power)) } }
    let below = marks.lastIndex { $0 <= range.lowerBound } ?? 0
    let above = marks.firstIndex { $0 >= range.upperBound && $0 > marks[below] } ?? marks.count - 1
    values = Array(marks[below...above])
    labels = values.map(format)
    isLogarithmic = true
  }

  /// Marks at about `count` steps of 1, 2 or 5 times a power of ten; an empty range is widened.
  init(enclosing range: ClosedRange<Double>, count: Int = 5) {
    let isEmpty = range.upperBound == range.lowerBound
    let margin = isEmpty ? max(abs(range.lowerBound) * 0.1, 0.5) : 0
    let lower = range.lowerBound - margin
    let upper = range.upperBound + margin
    let rough = (upper - lower) / Double(count)
    let power = Int(log10(rough).rounded(.down))
    let lead = rough / pow(10, Double(power))
    let (factor, exponent) =
      lead <= 1 ? (1, power) : lead <= 2 ? (2, power) : lead <= 5 ? (5, power) : (1, power + 1)
    /// A multiple of the step, rounded only once: 3 steps of 0.1 are 0.3.
    func multiple(_ i: Double) -> Double {
      exponent < 0
        ? i * Double(factor) / pow(10, Double(-exponent)) : i * Double(factor) * pow(10, Double(exponent))
    }
    // The tolerance avoids an extra mark for bounds that are multiples up to rounding.
    let first = (lower / multiple(1) + 1e-9).rounded(.down)
    let last = (upper / multiple(1) - 1e-9).rounded(.up)
    values = stride(from: first, through: last, by: 1).map(multiple)
    isLogarithmic = false
    let decimals = max(-exponent, 0)
    labels = values.map {
      abs($0) >= 1e6 || decimals > 6 ? String(format: "%.3g", $0) : String(format: "%.\(decimals)f", $0)
    }
  }
}

/// A position in a drawing, to a tenth of a pixel.
func coordinate(_ value: Double) -> String { String(format: "%.1f", value) }
