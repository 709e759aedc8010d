import Foundation
import Norma

/// The names of methods and chains in tables and plots.
enum ExperimentNames {
  /// The display name of a preset; an unknown name stays as it is.
  static func method(_ name: String) -> String { (try? Preset.named(name).displayName) ?? name }

  /// One line about the method; nil for an unknown name.
  static func summary(_ name: String) -> String? { try? Preset.named(name).summary }

  /// The chain of a headline, beside its method.
  static func chain(_ name: String) -> String {
    switch name {
    case ExperimentResults.publishedChain: "published"
    case ExperimentResults.componentChain: "published, component filter"
    default: name
    }
  }

  /// The label of a headline in a plot.
  static func row(_ row: ExperimentResults.Row) -> String {
    method(row.method) + (row.isScaled ? " / sd" : "")
  }

  /// A rank with its method: `best case of the dense VAE`.
  static func figure(_ figure: RunResult.CaseFigure, of method: String) -> String {
    "\(figure.rank.prefix(1).uppercased())\(figure.rank.dropFirst()) case of \(self.method(method))"
  }
}

/// A figure as text with this number of decimals.
func decimals(_ value: Double?, _ digits: Int = 3) -> String {
  value.flatMap { $0.isFinite ? String(format: "%.\(digits)f", $0) : nil } ?? "–"
}

/// An interval as text.
func decimals(_ interval: [Double]?, _ digits: Int = 3) -> String? {
  guard let interval, let low = interval.first, let high = interval.last else { return nil }
  return "[\(decimals(low, digits)), \(decimals(high, digits))]"
}

extension RunResult.Seconds {
  private var unit: (name: String, seconds: Double) { median < 0.1 ? ("ms", 1e-3) : ("s", 1) }

  /// The median in the unit that suits it.
  var medianText: String { "\(aligned(median / unit.seconds)) \(unit.name)" }

  /// The 5th and 95th percentile in the same unit.
  var intervalText: String {
    "[\(interval.map { aligned($0 / unit.seconds) }.joined(separator: ", "))] \(unit.name)"
  }
}
