import Foundation
import Testing

@testable import Norma

/// Against scikit-learn: Scripts/goldens/evaluation.py.
@Suite struct RankingTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let scores: [UInt32]
      let labels: [Int]
      let ap, dice: Double?
      let threshold: Double?
    }
    let rankings: [Case]
  }

  @Test func averagePrecisionAndBestDiceAreThoseOfScikitLearn() throws {
    let cases = try Goldens.json(Golden.self, "evaluation.json").rankings
    #expect(cases.count == 14)
    var generator = SeededGenerator(seed: 9)
    for golden in cases {
      for order in [Array(golden.scores.indices), golden.scores.indices.shuffled(using: &generator)] {
        var voxels = ScoredVoxels()
        for index in order {
          voxels.add(score: Float(bitPattern: golden.scores[index]), isLesion: golden.labels[index] == 1)
        }
        let ranking = PrecisionRecall(voxels)
        guard let average = golden.ap, let dice = golden.dice, let threshold = golden.threshold else {
          #expect(ranking.averagePrecision == nil && ranking.oracleDice == nil && ranking.curve.isEmpty)
          continue
        }
        #expect(abs((ranking.averagePrecision ?? -1) - average) < 1e-6, "\(golden.name)")
        #expect(abs((ranking.oracleDice?.value ?? -1) - dice) < 1e-6, "\(golden.name)")
        #expect(ranking.oracleDice?.threshold == Float(threshold), "\(golden.name)")
      }
    }
  }

  @Test func theCurveRisesInRecallAndEndsAtOne() throws {
    var generator = SeededGenerator(seed: 1)
    var voxels = ScoredVoxels()
    for index in 0..<20_000 {
      voxels.add(
        score: Float.random(in: 0..<1, using: &generator) + (index % 5 == 0 ? 0.3 : 0),
        isLesion: index % 5 == 0)
    }
    let curve = PrecisionRecall(voxels).curve
    #expect(curve.count > 300 && curve.count <= 501)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.recall < $1.recall && $0.threshold > $1.threshold })
    #expect(curve.allSatisfy { (0...1).contains($0.precision) && (0...1).contains($0.recall) })
    #expect((curve.last?.recall ?? 0) > 0.997)
  }

  @Test func scoresAreCountedStrictlyAboveAThreshold() {
    var voxels = ScoredVoxels()
    for (score, isLesion) in [(0, false), (1, true), (1, false), (2, true), (-0.0, true)] as [(Float, Bool)] {
      voxels.add(score: score, isLesion: isLesion)
    }
    #expect(voxels.counts(above: 1) == (1, 0))
    #expect(voxels.counts(above: 0.999) == (2, 1))
    #expect(voxels.counts(above: 0) == (2, 1))
    #expect(voxels.counts(above: -1) == (3, 2))
    #expect(voxels.counts(above: 2) == (0, 0))
  }

  @Test(
    arguments: [
      (0, 0, 0, nil), (0, 5, 0, nil), (0, 0, 4, 0), (4, 0, 4, 1), (2, 2, 4, 0.5), (4, 4, 4, 2.0 / 3),
    ] as [(Int, Int, Int, Double?)])
  func diceIsUndefinedWithoutALesion(hits: Int, alarms: Int, lesion: Int, expected: Double?) {
    var overlap = Overlap()
    (overlap.truePositives, overlap.falsePositives, overlap.lesionVoxels) = (hits, alarms, lesion)
    #expect(overlap.dice == expected)
    #expect(overlap.falsePositiveRate == nil)
    overlap.healthyVoxels = 10
    #expect(overlap.falsePositiveRate == Double(alarms) / 10)
  }
}
