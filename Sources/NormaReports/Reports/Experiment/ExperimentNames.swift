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
    case ExperimentResults.publishedChain: "as published"
    case ExperimentResults.componentChain: "as published, component filter"
    default: name
    }
  }

  /// A headline in a plot.
  static func row(_ row: ExperimentResults.Row) -> String {
    method(row.method) + (row.isScaled ? " / sd" : "")
  }

  /// A rank with its method: `best case of the dense VAE`.
  static func exhibit(_ exhibit: ExperimentPart.Exhibit, of method: String) -> String {
    "\(exhibit.rank.prefix(1).uppercased())\(exhibit.rank.dropFirst()) case of \(self.method(method))"
  }
}

/// A figure as text, with three decimals.
func decimals(_ value: Double?) -> String {
  value.flatMap { $0.isFinite ? String(format: "%.3f", $0) : nil } ?? "–"
}

/// An interval as text.
func decimals(_ interval: [Double]?) -> String? {
  guard let interval, let low = interval.first, let high = interval.last else { return nil }
  return "[\(decimals(low)), \(decimals(high))]"
}

/// A time as text, in the unit that suits it.
func duration(_ seconds: Double) -> String {
  seconds < 0.1 ? "\(aligned(1000 * seconds)) ms" : "\(aligned(seconds)) s"
}
