/// Counts of non-negative scores in bins of constant relative width: exact counting in bounded memory,
/// quantiles to within 1/2048 of their value.
public struct ScoreHistogram: Sendable {
  /// The upper 20 of the 31 bits that order non-negative floats: exponent and 12 bits of the fraction.
  private static let shift: UInt32 = 11
  private var counts = [Int](repeating: 0, count: Int(Float.infinity.bitPattern >> shift) + 1)
  private var highestBin = 0
  /// How many scores were added.
  public private(set) var total = 0

  public init() {}

  /// Adds one score, which must not be negative or NaN.
  public mutating func add(_ score: Float) {
    let bin = Int(max(score, 0).bitPattern >> Self.shift)
    counts[bin] += 1
    highestBin = max(highestBin, bin)
    total += 1
  }

  /// The smallest bin edge that at most a fraction `rate` of the scores exceed.
  public func threshold(exceededBy rate: Double) -> Float {
    let allowed = Int(rate * Double(total))
    var above = 0
    for bin in stride(from: highestBin, through: 0, by: -1) {
      above += counts[bin]
      if above > allowed { return Float(bitPattern: UInt32(bin + 1) << Self.shift) }
    }
    return 0
  }
}
