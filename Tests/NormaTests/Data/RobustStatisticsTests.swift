import Foundation
import Testing

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
      }
    }
  }
}
