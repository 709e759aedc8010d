import _TestSupport
import Testing

import Base
@testable import Norma

@Suite struct ScoreHistogramTests {
  private func histogram(_ scores: [Float]) -> ScoreHistogram {
    var histogram = ScoreHistogram()
    for score in scores { histogram.add(score) }
    return histogram
  }

  private static let sets: [Row<[Float]>] = {
    var generator = SeededGenerator(seed: 4)
    let uniform = (0..<5000).map { _ in Float.random(in: 0..<3, using: &generator) }
    return [
      Row("uniform", uniform),
      Row("over many magnitudes", uniform.map { $0 * $0 * $0 * $0 * 1e-20 }),
      Row("mostly zero", uniform.map { max(0, $0 - 2.7) }),
      Row("ties", uniform.map { $0.rounded(.down) }),
      Row("huge", uniform.map { 1e38 * $0 }),
    ]
  }()

  @Test(arguments: sets)
  func aThresholdIsExceededAsRarelyAsAsked(row: Row<[Float]>) {
    let scores = row.body
    let histogram = histogram(scores)
    #expect(histogram.total == scores.count)
    let rates = [0.0002, 0.001, 0.01, 0.03, 0.05, 0.1, 0.29, 0.5, 0.9, 1]
    let thresholds = rates.map(histogram.threshold(exceededBy:))
    #expect(thresholds == thresholds.sorted(by: >))
    let falling = scores.sorted(by: >)
    for (rate, threshold) in zip(rates, thresholds) {
      let exceeding = scores.filter { $0 > threshold }.count
      #expect(Double(exceeding) <= rate * Double(scores.count))
      // The exact answer is the first score that may not be exceeded; the histogram's is within 1/2048 of it.
      let allowed = Int(rate * Double(scores.count))
      let exact = allowed < falling.count ? falling[allowed] : 0
      #expect(threshold >= exact && threshold <= exact * (1 + 1 / 2048) + 1e-40)
    }
  }

  @Test func zerosAloneAreNotExceeded() {
    let histogram = histogram([Float](repeating: 0, count: 100))
    let threshold = histogram.threshold(exceededBy: 0.01)
    #expect(threshold >= 0 && threshold < 1e-40)
    #expect(self.histogram([]).threshold(exceededBy: 0.5) == 0)
    #expect(self.histogram([-0.0, -3]).threshold(exceededBy: 0.5) < 1e-40)
  }

  @Test(arguments: sets)
  func widerBinsHoldTheSameScores(row: Row<[Float]>) {
    var coarse = ScoreHistogram(fractionBits: 8)
    for score in row.body { coarse.add(score) }
    let coarsened = ScoreHistogram(row.body).coarsened(fractionBits: 8)
    #expect(coarsened.total == coarse.total)
    for rate in [0.001, 0.05, 0.5] {
      #expect(coarsened.threshold(exceededBy: rate) == coarse.threshold(exceededBy: rate))
    }
  }
}
