import Foundation
import Norma

/// Methods and chains as people read them.
enum ExperimentNames {
  private static let methods = [
    "brightness": "brightness", "equalized-brightness": "equalised brightness",
    "normative": "normative z-map",
    "dense-ae": "dense AE", "dense-vae": "dense VAE", "spatial-ae": "spatial AE",
    "spatial-vae": "spatial VAE",
    "anovaegan": "AnoVAEGAN", "anogan": "AnoGAN", "f-anogan": "f-AnoGAN",
  ]

  /// The method; a name that is not known stays as it is.
  static func method(_ name: String) -> String { methods[name] ?? name }

  /// One line about the method; nil for a name that is not known.
  static func summary(_ name: String) -> String? { try? Preset.named(name).summary }

  /// A headline's chain beside its method; the published one goes without saying in plots.
  static func chain(_ name: String) -> String {
    switch name {
    case ExperimentResults.publishedChain: "published"
    case ExperimentResults.componentChain: "published, component filter"
    default: name
    }
  }

  /// A headline in a plot.
  static func row(_ row: ExperimentResults.Row) -> String {
    method(row.method) + (row.isScaled ? " / sd" : "")
  }

  /// A rank with its method: `best case of the dense VAE`.
  static func figure(_ figure: RunResult.CaseFigure, of method: String) -> String {
    "\(figure.rank.prefix(1).uppercased())\(figure.rank.dropFirst()) case of \(self.method(method))"
  }
}

/// A figure as text, with so many decimals.
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
