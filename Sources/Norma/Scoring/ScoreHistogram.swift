/// Counts of non-negative scores in bins of constant relative width: exact counting in bounded memory,
/// quantiles to within 1/2048 of their value.
struct ScoreHistogram: Sendable {
  /// The upper 20 of the 31 bits that order non-negative floats: exponent and 12 bits of the fraction.
  private static let shift: UInt32 = 11
  private var counts = [Int](repeating: 0, count: Int(Float.infinity.bitPattern >> shift) + 1)
  /// How many scores were added.
  private(set) var total = 0

  init() {}

  /// Adds one score, which must not be negative or NaN.
  mutating func add(_ score: Float) {
    counts[Int(max(score, 0).bitPattern >> Self.shift)] += 1
    total += 1
  }

  /// The smallest bin edge that at most a fraction `rate` of the scores exceed.
  func threshold(exceededBy rate: Double) -> Float { thresholds(exceededBy: [rate])[0] }

  /// The same for several rates, which must rise, in one pass over the bins.
  func thresholds(exceededBy rates: [Double]) -> [Float] {
    var thresholds = [Float]()
    var above = 0, bin = counts.count
    for allowed in rates.map({ Int($0 * Double(total)) }) {
      while bin > 0, above + counts[bin - 1] <= allowed {
        bin -= 1
        above += counts[bin]
      }
      thresholds.append(bin == 0 ? 0 : Float(bitPattern: UInt32(bin) << Self.shift))
    }
    return thresholds
  }
}
