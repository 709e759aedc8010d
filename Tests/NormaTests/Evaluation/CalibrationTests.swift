import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Norma

@Suite struct CalibrationTests {
  private func calibration(_ count: Int) -> Calibration {
    var scores = ScoreHistogram()
    for index in 0..<count { scores.add(Float(index) / Float(count)) }
    return Calibration(scores: scores, cases: 3, participants: 3)
  }

  @Test func thresholdsFallAsTheRateRises() throws {
    let calibration = calibration(20_000)
    #expect(calibration.voxels == 20_000 && calibration.cases == 3)
    #expect(calibration.curve.map(\.rate).first == 1e-4 && calibration.curve.map(\.rate).last == 0.5)
    for point in calibration.curve {
      #expect(try calibration.threshold(atRate: point.rate) == point.threshold)
      // The scores are uniform: the rate is exceeded above 1 - rate.
      #expect(abs(point.threshold - (1 - point.rate)) < 1e-3)
    }
    let rates = Array(stride(from: 1e-4, through: 0.5, by: 0.0007))
    let thresholds = try rates.map(calibration.threshold(atRate:))
    #expect(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(abs(try calibration.threshold(atRate: 0.015) - 0.985) < 1e-3)
  }

  @Test(arguments: [0, -0.1, 0.6, 5e-5, .nan])
  func aRateThatWasNotMeasuredIsRefused(rate: Double) throws {
    let problem = try problem { try calibration(20_000).threshold(atRate: rate) }
    #expect(problem.kind == .usage && problem.location == "--fpr")
  }

  @Test func exceedanceFallsWithTheScoreAndIsNeverZero() {
    var calibration = calibration(20_000)
    calibration.participants = 19
    let scores = stride(from: -0.1, through: 1.5, by: 0.001)
    let exceedances = scores.map(calibration.exceedance)
    #expect(zip(exceedances, exceedances.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(exceedances.allSatisfy { $0 >= 1 / 20 && $0 <= 1 })
    for point in calibration.curve {
      let expected = (19 * point.rate + 1) / 20
      #expect(abs(calibration.exceedance(of: point.threshold) - expected) < 1e-12)
    }
    #expect(calibration.exceedance(of: 0) == 1 && calibration.exceedance(of: .nan) == 1)
    // Below the curve as well: the scores are uniform.
    for score in [0.01, 0.2, 0.45] { #expect(abs(calibration.rate(above: score) - (1 - score)) < 1e-3) }
  }

  @Test func moreParticipantsAllowSmallerExceedances() {
    var calibration = calibration(20_000)
    #expect(abs(calibration.exceedance(of: 2) - 0.250075) < 1e-12)
    calibration.participants = 99
    #expect(abs(calibration.exceedance(of: 2) - 0.010099) < 1e-12)
  }

  @Test func fewVoxelsKnowNoRareRate() throws {
    let few = calibration(300)
    #expect(few.curve.first?.rate == 0.005)
    #expect(throws: Problem.self) { try few.threshold(atRate: 0.001) }
    #expect(throws: Problem.self) {
      try Calibration(scores: ScoreHistogram(), cases: 0, participants: 0).threshold(atRate: 0.01)
    }
  }
}
