import Foundation

/// Spearman's rank correlation of two variables with a 95 % interval.
///
/// The coefficient is Pearson's correlation of the ranks, of which ties share the mean (Spearman 1904). The
/// interval is that of Bonett and Wright 2000: Fisher's z of the coefficient r, plus and minus 1.96 times the
/// square root of (1 + r² / 2) / (n - 3).
package struct RankCorrelation: Hashable, Sendable {
  /// The coefficient, -1 to 1.
  package let coefficient: Double
  /// The 95 % interval of the coefficient; nil where all ranks agree or all are reversed.
  package let interval: ClosedRange<Double>?
  /// The number of pairs.
  package let count: Int

  /// The fewest pairs.
  package static let fewest = 5
  /// The 97.5th percentile of the standard normal distribution.
  private static let normalQuantile = 1.959_963_984_540_054

  /// Correlates pairs of finite numbers; returns nil below ``fewest`` pairs and if a variable is constant.
  package init?(_ pairs: [(x: Double, y: Double)]) {
    count = pairs.count
    guard count >= Self.fewest else { return nil }
    let x = Self.centredRanks(pairs.map(\.x)), y = Self.centredRanks(pairs.map(\.y))
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let scale = (product(x, x) * product(y, y)).squareRoot()
    guard scale > 0 else { return nil }
    let r = min(max(product(x, y) / scale, -1), 1)
    coefficient = r
    let half = Self.normalQuantile * ((1 + r * r / 2) / Double(count - 3)).squareRoot()
    interval = abs(r) < 1 ? tanh(atanh(r) - half)...tanh(atanh(r) + half) : nil
  }

  /// The ranks of the values less their mean; equal values share the mean of their ranks.
  private static func centredRanks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count), start = 0
    while start < order.count {
      let value = values[order[start]]
      let end = order[start...].firstIndex { values[$0] != value } ?? order.count
      for position in start..<end { ranks[order[position]] = Double(start + end - order.count) / 2 }
      start = end
    }
    return ranks
  }
}
