import Foundation

extension Double {
  /// Returns fixed-point text with this many decimals, independent of the locale.
  package func formatted(fraction digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
