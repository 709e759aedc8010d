import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Norma

/// Against scikit-learn and a NumPy bootstrap: Scripts/goldens/evaluation.py.
@Suite struct EvaluatorTests {
  struct Golden: Decodable, Sendable {
    struct Person: Decodable, Sendable {
      let scores: [UInt32]
      let labels: [Int]
    }
    struct Cohort: Decodable, Sendable {
      let people: [Person]
      let thresholds: [String: Double]
      let figures: [String: Double]
      let intervals: [String: [Double]]
      let observed_fpr: [String: Double]
      let prevalence: Double
      let per_participant: [String: [Double]]
      let per_participant_intervals: [String: [Double]]
    }
    let cohort: Cohort
  }

  private static let points = [
    OperatingPoint.falsePositiveRate(0.01, threshold: 6), .falsePositiveRate(0.05, threshold: 4.5),
    .falsePositiveRate(0.1, threshold: 3.75),
  ]

  /// A row of voxels as a case.
  private func add(
    _ scores: [Float], _ labels: [Int], brain: [UInt8]? = nil, caseID: String, participantID: String? = nil,
    to evaluator: inout Evaluator
  ) throws {
    let geometry = Geometry(shape: [scores.count, 1, 1], affine: .identity)
    try evaluator.add(
      caseID: caseID, participantID: participantID ?? caseID, map: Volume(geometry: geometry, voxels: scores),
      lesion: Mask(geometry: geometry, voxels: labels.map(UInt8.init)),
      brain: Mask(geometry: geometry, voxels: brain ?? scores.map { _ in 1 }))
  }

  private func add(
    _ person: Golden.Person, caseID: String, participantID: String? = nil, to evaluator: inout Evaluator
  ) throws {
    try add(
      person.scores.map(Float.init(bitPattern:)), person.labels, caseID: caseID, participantID: participantID,
      to: &evaluator)
  }

  private func evaluation(
    _ order: [Int]? = nil, seed: UInt64 = 0, samples: Int = 1000, budget: Int = .max
  ) throws -> Evaluation {
    let golden = try Goldens.json(Golden.self, "evaluation.json").cohort
    var evaluator = Evaluator(operatingPoints: Self.points, detail: .ranking, memoryBudget: budget)
    for index in order ?? Array(golden.people.indices) {
      try add(golden.people[index], caseID: "sub-\(index)", to: &evaluator)
    }
    return try evaluator.evaluation(method: "test", samples: samples, seed: seed)
  }

  private func figures(_ evaluation: Evaluation) -> [(String, Double?, [Double]?)] {
    [
      ("auprc", evaluation.auprc, evaluation.auprcInterval),
      ("auroc", evaluation.auroc, evaluation.aurocInterval),
      ("dice_oracle", evaluation.diceOracle, evaluation.diceOracleInterval),
    ] + evaluation.operatingPoints.map { ($0.name, $0.dice, $0.diceInterval) }
  }

  /// Two bootstraps of 1,000 and 4,000 draws differ at the 2.5th percentile by about 0.09 standard deviations;
  /// the tolerance is four of these, with standard deviation = width / 3.92.
  private func expectInterval(_ actual: [Double]?, _ golden: [Double]?, _ name: String) throws {
    let actual = try #require(actual), golden = try #require(golden)
    let tolerance = 0.09 * (golden[1] - golden[0])
    #expect(abs(actual[0] - golden[0]) < tolerance && abs(actual[1] - golden[1]) < tolerance, "\(name)")
  }

  @Test func figuresAndIntervalsAreThoseOfNumPy() throws {
    let golden = try Goldens.json(Golden.self, "evaluation.json").cohort
    let evaluation = try evaluation()
    #expect(figures(evaluation).count == golden.figures.count)
    for (name, value, interval) in figures(evaluation) {
      let expected = try #require(golden.figures[name])
      #expect(abs(try #require(value) - expected) < 1e-6, "\(name)")
      try expectInterval(interval, golden.intervals[name], name)
    }
    for point in evaluation.operatingPoints {
      #expect(point.threshold == golden.thresholds[point.name])
      #expect(abs((point.observedFPR ?? -1) - (golden.observed_fpr[point.name] ?? -2)) < 1e-9)
    }
    #expect(abs(evaluation.prevalence - golden.prevalence) < 1e-9)
    #expect(evaluation.cases == 14 && evaluation.participants == 14 && evaluation.casesWithoutLesion == 0)
  }

  @Test func perParticipantFiguresAreThoseOfNumPy() throws {
    let golden = try Goldens.json(Golden.self, "evaluation.json").cohort
    let evaluation = try evaluation()
    var summaries = evaluation.perParticipant
    for point in evaluation.operatingPoints { summaries[point.name] = point.perParticipant["dice"] }
    #expect(summaries.count == 5)
    for (name, summary) in summaries {
      let expected = try #require(golden.per_participant[name])
      let actual = [summary.mean, summary.sd, summary.median]
      #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
      #expect(summary.participants == 14)
      try expectInterval(summary.interval, golden.per_participant_intervals[name], name)
    }
  }

  /// Everything but the order of the table, also where every score goes through the scratch file.
  @Test(arguments: [Int.max, 0, 4000])
  func neitherTheOrderOfCasesNorTheMemoryChangesABit(budget: Int) throws {
    var generator = SeededGenerator(seed: 5)
    let straight = try evaluation(samples: 50)
    for order in [Array((0..<14).reversed()), (0..<14).shuffled(using: &generator)] {
      let turned = try evaluation(order, samples: 50, budget: budget)
      for (a, b) in zip(figures(straight), figures(turned)) { #expect(a == b, "\(a.0)") }
      #expect(straight.operatingPoints == turned.operatingPoints)
      #expect(straight.perParticipant == turned.perParticipant)
      #expect(straight.curve == turned.curve && Set(straight.table) == Set(turned.table))
    }
  }

  @Test func aHigherThresholdNeverCallsMore() throws {
    let golden = try Goldens.json(Golden.self, "evaluation.json").cohort
    let points = stride(from: 0.0, through: 12, by: 0.25).map { OperatingPoint(name: "\($0)", threshold: $0) }
    var evaluator = Evaluator(operatingPoints: points, detail: .ranking)
    for (index, person) in golden.people.enumerated() { try add(person, caseID: "\(index)", to: &evaluator) }
    let figures = try evaluator.evaluation(method: "test", samples: 5).operatingPoints
    for (lower, higher) in zip(figures, figures.dropFirst()) {
      #expect(lower.observedFPR ?? 0 >= higher.observedFPR ?? 1)
      #expect(lower.recall ?? 0 >= higher.recall ?? 1)
    }
  }

  @Test func aBootstrapIsDecidedByItsSeed() throws {
    let first = try evaluation(seed: 1, samples: 100), again = try evaluation(seed: 1, samples: 100)
    #expect(first.auprcInterval == again.auprcInterval && first.operatingPoints == again.operatingPoints)
    #expect(first.auprcInterval != (try evaluation(seed: 2, samples: 100)).auprcInterval)
    #expect(first.bootstrapSeed == 1 && first.bootstrapSamples == 100)
  }

  @Test func theParticipantIsTheUnit() throws {
    let people = try Goldens.json(Golden.self, "evaluation.json").cohort.people
    var evaluator = Evaluator(operatingPoints: Self.points, detail: .ranking)
    for session in 0..<4 {
      try add(people[session], caseID: "sub-1_ses-\(session)", participantID: "sub-1", to: &evaluator)
    }
    let evaluation = try evaluator.evaluation(method: "test", samples: 20)
    #expect(evaluation.cases == 4 && evaluation.participants == 1 && evaluation.table.count == 4)
    // Resampling one participant always gives the same: an interval without width.
    let point = evaluation.operatingPoints[1]
    let dice = try #require(point.dice), interval = try #require(point.diceInterval)
    #expect(interval.allSatisfy { abs($0 - dice) < 1e-6 })
    let ofCases = evaluation.table.compactMap { $0.operatingPoints[point.name]?.dice }
    let summary = try #require(point.perParticipant["dice"])
    #expect(abs(summary.mean - ofCases.reduce(0, +) / 4) < 1e-12 && summary.participants == 1)
    #expect(summary.sd == 0 && summary.median == summary.mean)
  }

  @Test func aCaseWithoutLesionHasNoDice() throws {
    let people = try Goldens.json(Golden.self, "evaluation.json").cohort.people
    let points = [6, 4, 0.5].map { OperatingPoint(name: "\($0)", threshold: $0) }
    var evaluator = Evaluator(operatingPoints: points, detail: .ranking)
    try add(
      [0, 1, 5, 7, 3], [0, 0, 0, 0, 1], brain: [1, 1, 1, 1, 0], caseID: "outside", to: &evaluator)
    let alone = try evaluator.evaluation(method: "test", samples: 20)
    #expect(alone.auprc == nil && alone.auroc == nil && alone.diceOracle == nil && alone.auprcInterval == nil)
    #expect(alone.casesWithoutLesion == 1 && alone.prevalence == 0 && alone.lesionVoxelsOutsideBrain == 1)
    #expect(alone.operatingPoints.map(\.observedFPR) == [0.25, 0.5, 0.75])
    #expect(alone.operatingPoints.allSatisfy { $0.dice == nil && $0.recall == nil && $0.lesionFree == nil })
    #expect(alone.perParticipant.isEmpty && alone.detection == nil)

    try add(people[0], caseID: "patient", to: &evaluator)
    let both = try evaluator.evaluation(method: "test", samples: 20)
    #expect(both.table.map { $0.operatingPoints["4.0"]?.dice == nil } == [true, false])
    let summary = try #require(both.operatingPoints[1].perParticipant["dice"])
    #expect(summary.participants == 1 && summary.mean == both.table[1].operatingPoints["4.0"]?.dice)
    #expect(both.casesWithoutLesion == 1)
  }

  @Test func noCaseIsAProblem() throws {
    let evaluator = Evaluator(operatingPoints: Self.points)
    #expect(try problem { try evaluator.evaluation(method: "test") }.kind == .badData)
  }

  @Test(arguments: [Float.nan, -1, -.infinity, .infinity, -.leastNonzeroMagnitude])
  func aScoreThatIsNoneIsRefused(score: Float) throws {
    var evaluator = Evaluator(operatingPoints: Self.points)
    let problem = try problem {
      try add([0, 1, score, 2], [0, 0, 0, 1], brain: [1, 1, 1, 1], caseID: "sub-7", to: &evaluator)
    }
    #expect(problem.kind == .badData && problem.location == "sub-7")
    #expect(problem.what.contains("\(score)") && problem.what.contains("(2, 0, 0)"))
    #expect(throws: Problem.self) { try evaluator.evaluation(method: "test") }
  }

  @Test(arguments: [Float.nan, -1, .infinity])
  func onlyNaNMayBeOutsideTheScoredBrain(score: Float) throws {
    func figures(_ outside: Float) throws -> Evaluation {
      var evaluator = Evaluator(operatingPoints: Self.points)
      try add([0, 1, outside, 5], [0, 0, 1, 1], brain: [1, 1, 0, 1], caseID: "sub-7", to: &evaluator)
      return try evaluator.evaluation(method: "test")
    }
    guard score.isNaN else {
      #expect(try problem { try figures(score) }.kind == .badData)
      return
    }
    let (marked, plain) = (try figures(score), try figures(0))
    #expect(marked.auprc == plain.auprc && marked.lesionVoxelsOutsideBrain == 1)
    #expect(marked.operatingPoints.map(\.dice) == plain.operatingPoints.map(\.dice))
  }

  @Test func masksOfAnotherShapeAreRefused() throws {
    let (four, five) = (
      Geometry(shape: [4, 1, 1], affine: .identity), Geometry(shape: [5, 1, 1], affine: .identity)
    )
    var evaluator = Evaluator(operatingPoints: Self.points)
    for (lesion, brain) in [(five, four), (four, five)] {
      let problem = try problem {
        try evaluator.add(
          caseID: "sub-7", participantID: "sub-7", map: Volume(geometry: four, repeating: 1),
          lesion: Mask(geometry: lesion, repeating: 0), brain: Mask(geometry: brain, repeating: 1))
      }
      #expect(problem.kind == .badData && problem.what.contains("sub-7"))
    }
  }

  @Test func theFileHoldsWhatWasComputed() throws {
    let evaluation = try evaluation(samples: 20)
    let decoded = try JSONDecoder().decode(Evaluation.self, from: JSONEncoder().encode(evaluation))
    #expect(decoded.auprc == evaluation.auprc && decoded.table == evaluation.table)
    #expect(decoded.curve == evaluation.curve && decoded.operatingPoints == evaluation.operatingPoints)
  }
}
