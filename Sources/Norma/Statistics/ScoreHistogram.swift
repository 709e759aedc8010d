/// Counts of any number of non-negative scores in bins of constant relative width.
///
/// Only bins with a score use memory: with 8 bits the scores of a whole brain need some 100 kB.
struct ScoreHistogram: Sendable {
  /// The number of low bits of a score's bit pattern that bins ignore.
  private let shift: UInt32
  private var counts = [UInt32: Int]()
  /// The number of scores.
  private(set) var total = 0

  /// Makes bins as wide as their value divided by two to the power of `fractionBits`, or narrower.
  init(fractionBits: UInt32 = 12) { shift = 23 - fractionBits }

  /// The histogram of some scores, which must not be negative or NaN.
  init(_ scores: some Sequence<Float>) {
    self.init()
    for score in scores { add(score) }
  }

  /// Adds one score, which must not be negative or NaN.
  mutating func add(_ score: Float) {
    counts[max(score, 0).bitPattern >> shift, default: 0] += 1
    total += 1
  }

  /// The histogram of the scores of both, which must have the same bins.
  static func + (first: ScoreHistogram, second: ScoreHistogram) -> ScoreHistogram {
    var sum = first
    sum.counts.merge(second.counts, uniquingKeysWith: +)
    sum.total += second.total
    return sum
  }

  /// The histogram of the scores of `whole` without those of `part`.
  static func - (whole: ScoreHistogram, part: ScoreHistogram) -> ScoreHistogram {
    var rest = whole
    for (bin, count) in part.counts { rest.counts[bin, default: 0] -= count }
    rest.total -= part.total
    return rest
  }

  /// The same scores in wider bins.
  func coarsened(fractionBits: UInt32) -> ScoreHistogram {
    var coarse = ScoreHistogram(fractionBits: fractionBits)
    for (bin, count) in counts { coarse.counts[bin >> (coarse.shift - shift), default: 0] += count }
    coarse.total = total
    return coarse
  }

  /// The number of scores from a threshold up, which must be the edge of a bin.
  func count(from threshold: Float) -> Int {
    let edge = threshold.bitPattern >> shift
    return counts.reduce(0) { $0 + ($1.key >= edge ? $1.value : 0) }
  }

  /// The smallest bin edge that at most a fraction `rate` of the scores exceed.
  func threshold(exceededBy rate: Double) -> Float { thresholds(exceededBy: [rate])[0] }

  /// The thresholds for several rates, which must rise, in one pass over the bins.
  func thresholds(exceededBy rates: [Double]) -> [Float] {
    let bins = counts.keys.sorted(by: >)
    var thresholds = [Float]()
    var above = 0, next = 0
    for allowed in rates.map({ Int($0 * Double(total)) }) {
      while next < bins.count, above + counts[bins[next], default: 0] <= allowed {
        above += counts[bins[next], default: 0]
        next += 1
      }
      thresholds.append(next < bins.count ? Float(bitPattern: (bins[next] + 1) << shift) : 0)
    }
    return thresholds
  }
}
