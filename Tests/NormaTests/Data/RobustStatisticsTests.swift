import _TestSupport
import Foundation
import Testing

import Base
@testable import Norma

@Suite struct RobustStatisticsTests {
  struct Golden: Decodable, Sendable {
    struct Case: Decodable, Sendable {
      let name: String
      let values: [UInt32]
      let median, deviation: Double
      let quantiles: [[Double]]
    }
    let statistics: [Case]
  }

  @Test func theNumbersAreThoseOfNumPy() throws {
    let cases = try Goldens.json(Golden.self, "evaluation.json").statistics
    #expect(cases.count == 9)
    for golden in cases {
      let values = golden.values.map(Float.init(bitPattern:))
      let scale = max(1, values.map { Double(abs($0)) }.max() ?? 0)
      let (median, deviation) = RobustStatistics.medianAndDeviation(of: values)
      #expect(abs(Double(median) - golden.median) <= 1e-6 * scale, "\(golden.name)")
      #expect(abs(Double(deviation) - golden.deviation) <= 1e-6 * scale, "\(golden.name)")
      for pair in golden.quantiles {
        var work = values
        let quantile = Double(RobustStatistics.quantile(pair[0], of: &work))
        #expect(abs(quantile - pair[1]) <= 1e-6 * scale, "\(golden.name) at \(pair[0])")
        #expect(work.sorted() == values.sorted())
        let ofSorted = values.map(Double.init).sorted().quantile(pair[0])
        #expect(abs(ofSorted - pair[1]) <= 1e-6 * scale, "\(golden.name) at \(pair[0])")
      }
    }
  }

  /// numpy.quantile([1, 2, 3, 10], [0.05, 0.5, 0.95]).
  @Test func timesAreInterpolatedBetweenScans() {
    let seconds = RunResult.Seconds([3, 10, 1, 2])
    #expect(seconds.median == 2.5)
    #expect(zip(seconds.interval, [1.15, 8.95]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(RunResult.Seconds([]).interval == [0, 0])
  }
}

@Suite struct RanksTests {
  /// scipy.stats.rankdata(values, method="max") / len(values).
  @Test func ranksAreThoseOfSciPy() {
    let values: [Float] = [3, 1, 4, 1, 5]
    let ranks = Ranks(of: values)
    #expect(values.map { ranks[$0] } == [0.6, 0.4, 0.8, 0.4, 1])
    #expect(ranks[0] == 0 && ranks[2] == 0.4 && ranks[9] == 1)
    #expect(ranks.isVaried && !Ranks(of: [2, 2]).isVaried)
  }

  /// The share of the values that do not exceed one, counted.
  @Test func ranksAreSharesOfTheValues() {
    var generator = SeededGenerator(seed: 3)
    let values = (0..<257).map { _ in Float(Int.random(in: -20...20, using: &generator)) / 3 }
    let ranks = Ranks(of: values)
    for value in values + [-100, 0.1, 100] {
      #expect(ranks[value] == Float(values.count { $0 <= value }) / 257)
    }
  }
}
