import Foundation
import Testing

import Base
@testable import Norma

@Suite struct ReliabilityTests {
  /// The scores of one person: log-normal, all of them higher by `shift` and by chance of the person.
  private static func scores(
    _ generator: inout SeededGenerator, count: Int = 2000, shift: Float = 0, between: Float = 0.2,
    within: Float = 0.5
  ) -> [Float] {
    func normal() -> Float {
      (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1, using: &generator) }
    }
    let own = shift + between * normal()
    return (0..<count).map { _ in exp(own + within * normal()) }
  }

  private static func histogram(_ scores: [Float]) -> ScoreHistogram {
    var histogram = ScoreHistogram(fractionBits: Reliability.fractionBits)
    for score in scores { histogram.add(score) }
    return histogram
  }

  private static func people(_ count: Int, seed: UInt64, shift: Float = 0) -> [ScoreHistogram] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in histogram(scores(&generator, shift: shift)) }
  }

  @Test func peopleOfOneDistributionAreObservedAsStated() throws {
    let reliability = try #require(try Reliability(of: Self.people(40, seed: 1), seed: 0))
    #expect(reliability.participants == 40 && reliability.points.map(\.stated) == [0.01, 0.05, 0.1])
    for point in reliability.points {
      #expect(point.holds && abs(point.observed / point.stated - 1) < 0.1)
      // One person strays further than the mean of forty.
      #expect(point.perParticipant[0] < point.interval[0] && point.perParticipant[1] > point.interval[1])
    }
  }

  @Test func peopleWhoScoreHigherExceedMoreThanStated() throws {
    let thresholds = Self.people(40, seed: 1).reduce(ScoreHistogram(fractionBits: 8), +)
      .thresholds(exceededBy: Calibration.reportedRates)
    let others = Self.people(40, seed: 2, shift: 0.4)
    let reliability = try Reliability(of: others, above: others.map { _ in thresholds }, seed: 0)
    #expect(reliability.points.allSatisfy { !$0.holds && $0.interval[0] > 1.5 * $0.stated })
  }

  @Test func eachPersonMeetsTheThresholdsOfTheOthers() throws {
    var generator = SeededGenerator(seed: 3)
    let people = (1...6).map { Self.scores(&generator, count: 1000 * $0, between: 0.5) }
    let reliability = try #require(try Reliability(of: people.map(Self.histogram), seed: 0))
    for point in reliability.points {
      let exceeding = people.indices.map { held in
        let others = people.indices.filter { $0 != held }.flatMap { people[$0] }.sorted(by: >)
        let threshold = others[Int(point.stated * Double(others.count))]
        return people[held].filter { $0 > threshold }.count
      }
      // Every voxel counts the same, in every participant; bins of 1/256 move a threshold by less than that.
      let observed = Double(exceeding.reduce(0, +)) / Double(people.joined().count)
      #expect(abs(point.observed - observed) < 0.04 * observed)
      let own = zip(exceeding, people).map { Double($0) / Double($1.count) }.sorted()
      #expect(abs(point.perParticipant[1] - own.quantile(0.95)) < 0.04 * own.quantile(0.95))
    }
  }

  @Test func fewerThanThreePeopleShowNothing() throws {
    #expect(try Reliability(of: Self.people(2, seed: 4), seed: 0) == nil)
    #expect(try Reliability(of: Self.people(3, seed: 4), seed: 0)?.participants == 3)
  }

  /// The promise of the map, where people differ so much that voxels of one person say nearly the same.
  @Test func anotherPersonIsAsUnusualAsRarelyAsPromised() throws {
    let level = 0.12, repeats = 1000, count = 20
    var generator = SeededGenerator(seed: 5)
    var promised = 0.0, measured = 0.0
    for _ in 0..<repeats {
      func person() -> [Float] { Self.scores(&generator, count: count, between: 1, within: 0.1) }
      let nine = (0..<9).map { _ in Self.histogram(person()) }.reduce(ScoreHistogram(fractionBits: 8), +)
      let calibration = Calibration(scores: nine, cases: 9, participants: 9),
        other = person().map(Double.init)
      promised += Double(other.filter { calibration.exceedance(of: $0) <= level }.count)
      measured += Double(other.filter { calibration.rate(above: $0) <= level }.count)
    }
    let voxels = Double(count * repeats)
    #expect(promised / voxels <= level && promised > 0)
    #expect(measured / voxels > level, "the rate alone promises too much")
  }
}
