import Foundation
import Testing

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
      let thresholds: [Double]
      let figures: [String: Double]
      let intervals: [String: [Double]]
      let observed_fpr: [Double]
      let prevalence: Double
      let per_case: [String: [Double]]
    }
    let cohort: Cohort
  }

  private func voxels(_ person: Golden.Person) -> ScoredVoxels {
    var voxels = ScoredVoxels()
    for (score, label) in zip(person.scores, person.labels) {
      voxels.add(score: Float(bitPattern: score), isLesion: label == 1)
    }
    return voxels
  }

  private func evaluation(_ order: [Int]? = nil, seed: UInt64 = 0, samples: Int = 1000) throws -> Evaluation {
    let golden = try Goldens.json(Golden.self, "evaluation.json").cohort
    var evaluator = Evaluator(thresholds: golden.thresholds)
    for index in order ?? Array(golden.people.indices) {
      evaluator.add(
        caseID: "sub-\(index)", participantID: "sub-\(index)", voxels: voxels(golden.people[index]))
    }
    return try evaluator.evaluation(method: "test", samples: samples, seed: seed)
  }

  private func figures(_ evaluation: Evaluation) -> [(String, Double?, [Double]?)] {
    [
      ("auprc", evaluation.auprc, evaluation.auprcInterval),
      ("dice_oracle", evaluation.diceOracle, evaluation.diceOracleInterval),
      ("dice_fpr_01", evaluation.diceFPR01, evaluation.diceFPR01Interval),
      ("dice_fpr_05", evaluation.diceFPR05, evaluation.diceFPR05Interval),
      ("dice_fpr_10", evaluation.diceFPR10, evaluation.diceFPR10Interval),
    ]
  }

  /// Two bootstraps of 1,000 and 4,000 draws differ at the 2.5th percentile by about 0.09 standard deviations;
  /// the tolerance is four of these, with standard deviation = width / 3.92.
  @Test func figuresAndIntervalsAreThoseOfNumPy() throws {
    let golden = try Goldens.json(Golden.self, "evaluation.json").cohort
    let evaluation = try evaluation()
    for (name, value, interval) in figures(evaluation) {
      let expected = try #require(golden.figures[name]), bounds = try #require(golden.intervals[name])
      #expect(abs(try #require(value) - expected) < 1e-6, "\(name)")
      let actual = try #require(interval)
      let tolerance = 0.09 * (bounds[1] - bounds[0])
      #expect(abs(actual[0] - bounds[0]) < tolerance && abs(actual[1] - bounds[1]) < tolerance, "\(name)")
      #expect(actual[0] < expected && expected < actual[1], "\(name)")
    }
    let observed = [evaluation.observedFPR01, evaluation.observedFPR05, evaluation.observedFPR10]
    for (actual, expected) in zip(observed, golden.observed_fpr) {
      #expect(abs((actual ?? -1) - expected) < 1e-9)
    }
    #expect(abs(evaluation.prevalence - golden.prevalence) < 1e-9)
    #expect(evaluation.cases == 14 && evaluation.participants == 14 && evaluation.casesWithoutLesion == 0)
    for (name, expected) in golden.per_case {
      let summary = try #require(evaluation.perCase[name])
      let actual = [summary.mean, summary.sd, summary.median]
      #expect(zip(actual, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
      #expect(summary.cases == 14)
    }
  }

  @Test func theOrderOfCasesChangesNoPooledFigure() throws {
    let straight = try evaluation(samples: 50), turned = try evaluation((0..<14).reversed(), samples: 50)
    for (a, b) in zip(figures(straight), figures(turned)) { #expect(a.1 == b.1, "\(a.0)") }
    #expect(straight.observedFPR05 == turned.observedFPR05)
    #expect(straight.curve == turned.curve)
    #expect(Set(straight.table) == Set(turned.table))
  }

  @Test func aBootstrapIsDecidedByItsSeed() throws {
    let first = try evaluation(seed: 1, samples: 100), again = try evaluation(seed: 1, samples: 100)
    #expect(first.auprcInterval == again.auprcInterval && first.diceFPR05Interval == again.diceFPR05Interval)
    #expect(first.auprcInterval != (try evaluation(seed: 2, samples: 100)).auprcInterval)
    #expect(first.bootstrapSeed == 1 && first.bootstrapSamples == 100)
  }

  @Test func theParticipantIsTheUnit() throws {
    let people = try Goldens.json(Golden.self, "evaluation.json").cohort.people
    var evaluator = Evaluator(thresholds: [nil, 4, nil])
    for session in 0..<4 {
      evaluator.add(caseID: "sub-1_ses-\(session)", participantID: "sub-1", voxels: voxels(people[session]))
    }
    let evaluation = try evaluator.evaluation(method: "test", samples: 20)
    #expect(evaluation.cases == 4 && evaluation.participants == 1 && evaluation.table.count == 4)
    // Resampling one participant always gives the same: an interval without width.
    let dice = try #require(evaluation.diceFPR05), interval = try #require(evaluation.diceFPR05Interval)
    #expect(interval.allSatisfy { abs($0 - dice) < 1e-6 })
    #expect(
      evaluation.diceFPR01 == nil && evaluation.diceFPR01Interval == nil && evaluation.observedFPR10 == nil)
  }

  @Test func aCaseWithoutLesionHasNoDice() throws {
    let people = try Goldens.json(Golden.self, "evaluation.json").cohort.people
    var healthy = ScoredVoxels()
    for score in [0, 1, 5, 7] as [Float] { healthy.add(score: score, isLesion: false) }
    var evaluator = Evaluator(thresholds: [6, 4, 0.5])
    evaluator.add(caseID: "healthy", participantID: "healthy", voxels: healthy, lesionVoxelsOutsideBrain: 3)
    let alone = try evaluator.evaluation(method: "test", samples: 20)
    #expect(
      alone.auprc == nil && alone.diceOracle == nil && alone.diceFPR05 == nil && alone.auprcInterval == nil)
    #expect(alone.casesWithoutLesion == 1 && alone.prevalence == 0 && alone.lesionVoxelsOutsideBrain == 3)
    #expect(alone.observedFPR01 == 0.25 && alone.observedFPR05 == 0.5 && alone.observedFPR10 == 0.75)
    #expect(alone.perCase.isEmpty)

    evaluator.add(caseID: "patient", participantID: "patient", voxels: voxels(people[0]))
    let both = try evaluator.evaluation(method: "test", samples: 20)
    #expect(both.table.map { $0.diceFPR05 == nil } == [true, false])
    #expect(both.perCase["dice_fpr_05"]?.cases == 1)
    #expect(both.perCase["dice_fpr_05"]?.mean == both.table[1].diceFPR05)
    #expect(both.casesWithoutLesion == 1)
  }

  @Test func noCaseIsAProblem() throws {
    let evaluator = Evaluator(thresholds: [1, 2, 3])
    #expect(try problem { try evaluator.evaluation(method: "test") }.kind == .badData)
  }

  @Test func theFileHoldsWhatWasComputed() throws {
    let evaluation = try evaluation(samples: 20)
    let decoded = try JSONDecoder().decode(Evaluation.self, from: JSONEncoder().encode(evaluation))
    #expect(
      decoded.auprc == evaluation.auprc && decoded.table == evaluation.table
        && decoded.curve == evaluation.curve)
  }
}
