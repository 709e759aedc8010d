import _TestSupport
import Foundation
import Testing

import Base
@testable import Norma

/// Against scikit-learn: Scripts/goldens/evaluation.py.
@Suite struct RankingTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let scores: [UInt32]
      let labels: [Int]
      let ap, auroc, dice: Double?
      let threshold: Double?
      /// Thresholds, recalls and precisions, highest threshold first.
      let curve: [[Double]]?
    }
    let rankings: [Case]
  }

  private func voxels(_ golden: Golden.Case, _ order: [Int]) -> ScoredVoxels {
    var voxels = ScoredVoxels()
    for index in order {
      voxels.add(score: Float(bitPattern: golden.scores[index]), isLesion: golden.labels[index] == 1)
    }
    return voxels
  }

  @Test func figuresAreThoseOfScikitLearn() throws {
    let cases = try Goldens.json(Golden.self, "evaluation.json").rankings
    #expect(cases.count == 14)
    var generator = SeededGenerator(seed: 9)
    for golden in cases {
      for order in [Array(golden.scores.indices), golden.scores.indices.shuffled(using: &generator)] {
        let ranking = try PrecisionRecall(voxels(golden, order))
        guard let average = golden.ap, let dice = golden.dice, let threshold = golden.threshold else {
          #expect(ranking.averagePrecision == nil && ranking.oracleDice == nil && ranking.curve.isEmpty)
          #expect(ranking.auroc == nil)
          continue
        }
        #expect(abs((ranking.averagePrecision ?? -1) - average) < 1e-6, "\(golden.name)")
        #expect((ranking.auroc == nil) == (golden.auroc == nil), "\(golden.name)")
        #expect(abs((ranking.auroc ?? 0) - (golden.auroc ?? 0)) < 1e-6, "\(golden.name)")
        #expect(abs((ranking.oracleDice?.value ?? -1) - dice) < 1e-6, "\(golden.name)")
        #expect(ranking.oracleDice?.threshold == Float(threshold), "\(golden.name)")
      }
    }
  }

  @Test func everyPointOfTheCurveIsOneOfScikitLearn() throws {
    for golden in try Goldens.json(Golden.self, "evaluation.json").rankings {
      guard let curve = golden.curve else { continue }
      let points = try PrecisionRecall(voxels(golden, Array(golden.scores.indices))).curve
      #expect(!points.isEmpty)
      for point in points {
        let index = try #require(curve[0].firstIndex(of: Double(point.threshold)), "\(golden.name)")
        #expect(abs(curve[1][index] - point.recall) < 1e-6, "\(golden.name)")
        #expect(abs(curve[2][index] - point.precision) < 1e-6, "\(golden.name)")
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
    let curve = try PrecisionRecall(voxels).curve
    #expect(curve.count > 300 && curve.count <= 501)
    #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.recall < $1.recall && $0.threshold > $1.threshold })
    #expect(curve.allSatisfy { (0...1).contains($0.precision) && (0...1).contains($0.recall) })
    #expect((curve.last?.recall ?? 0) > 0.997)
  }

  @Test func theBestThresholdGivesTheDiceItPromises() throws {
    for golden in try Goldens.json(Golden.self, "evaluation.json").rankings {
      var ranked = RankedVoxels()
      try ranked.add(voxels(golden, Array(golden.scores.indices)))
      guard let best = try LabelledThreshold(ranked) else {
        #expect(golden.dice == nil, "\(golden.name)")
        continue
      }
      var overlap = Overlap()
      for (score, label) in zip(golden.scores, golden.labels) {
        let isPredicted = Double(Float(bitPattern: score)) > best.threshold
        if label == 1 { overlap.lesionVoxels += 1 }
        if isPredicted, label == 1 { overlap.truePositives += 1 }
        if isPredicted, label == 0 { overlap.falsePositives += 1 }
      }
      #expect(abs((overlap.dice ?? -1) - best.dice) < 1e-12, "\(golden.name)")
      #expect(abs(best.dice - (golden.dice ?? -1)) < 1e-6, "\(golden.name)")
    }
  }

  @Test func aScoreOfMinusZeroIsZero() throws {
    var voxels = ScoredVoxels()
    for (score, isLesion) in [(0, false), (-0.0, true)] as [(Float, Bool)] {
      voxels.add(score: score, isLesion: isLesion)
    }
    #expect(try PrecisionRecall(voxels).curve.map(\.threshold) == [0])
  }

  @Test(
    arguments: [
      (0, 0, 0, nil), (0, 5, 0, nil), (0, 0, 4, 0), (4, 0, 4, 1), (2, 2, 4, 0.5), (4, 4, 4, 2.0 / 3),
    ] as [(Int, Int, Int, Double?)])
  func diceIsUndefinedWithoutALesion(hits: Int, alarms: Int, lesion: Int, expected: Double?) {
    var overlap = Overlap()
    (overlap.truePositives, overlap.falsePositives, overlap.lesionVoxels) = (hits, alarms, lesion)
    #expect(overlap.dice == expected)
    #expect(overlap.falsePositiveRate == nil && (overlap.recall == nil) == (lesion == 0))
    #expect((overlap.precision == nil) == (hits + alarms == 0 || lesion == 0))
    overlap.healthyVoxels = 10
    #expect(overlap.falsePositiveRate == Double(alarms) / 10)
  }
}
