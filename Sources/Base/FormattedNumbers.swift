import Foundation

extension Double {
  /// Fixed-point text with this many decimals, the same in every locale.
  package func formatted(fraction digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
