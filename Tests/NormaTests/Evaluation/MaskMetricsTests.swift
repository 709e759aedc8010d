import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Norma

/// Against SciPy, SimpleITK and scikit-learn: Scripts/goldens/masks.py.
@Suite struct MaskMetricsTests {
  struct Golden: Decodable {
    struct Case: Decodable {
      let name, participant: String
      let spacing: [Double]
    }
    struct Summary: Decodable {
      let mean, sd, median: Double
      let participants: Int
    }
    struct Point: Decodable {
      let dice: Double
      let precision: Double?
      let recall, observed_fpr: Double
      let per_participant: [String: Summary?]
      /// Found and all lesions.
      let strata: [String: [Int]]
      let flagged: Int
      let free_volume, free_regions: Summary
    }
    struct Cohort: Decodable {
      let minimum: Double
      let points: [String: Point]
      let per_case: [String: [String: [String: Double?]]]
    }
    struct Detection: Decodable {
      let auroc, auprc: Double
      let values: [Double]
    }
    struct Field: Decodable {
      let shape: [Int]
      let spacing: [Double]
      let seeds: [Int]
      let distances: [Double]
    }
    let thresholds: [String: Double]
    let cases: [Case]
    let cohorts: [Cohort]
    let detection: [String: Detection]
    let fields: [Field]
  }

  private func evaluation(
    _ golden: Golden, minimum: Double, detail: Evaluator.Detail = .full, order: [Int]? = nil
  ) throws -> Evaluation {
    let tensors = try Goldens.tensors("masks.safetensors")
    let points = golden.thresholds.sorted { $0.key < $1.key }.map {
      OperatingPoint(name: $0.key, threshold: $0.value)
    }
    var evaluator = Evaluator(operatingPoints: points, minimumLesionSize: minimum, detail: detail)
    for index in order ?? Array(golden.cases.indices) {
      let scan = golden.cases[index], map = try tensors.golden("\(scan.name)/map")
      let geometry = Geometry(
        shape: map.shape.reversed(),
        affine: Affine(
          i: SIMD3(scan.spacing[0], 0, 0), j: SIMD3(0, scan.spacing[1], 0), k: SIMD3(0, 0, scan.spacing[2]),
          origin: .zero))
      func mask(_ part: String) throws -> Mask {
        Mask(geometry: geometry, voxels: try tensors.bytes("\(scan.name)/\(part)"))
      }
      try evaluator.add(
        caseID: scan.name, participantID: scan.participant,
        map: Volume(geometry: geometry, voxels: map.values()), lesion: mask("lesion"), brain: mask("brain"))
    }
    return try evaluator.evaluation(method: "test", samples: 20)
  }

  private func isClose(_ a: Double?, _ b: Double?, _ tolerance: Double) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) < tolerance
  }

  private func tolerance(_ name: String) -> Double { name == "hd95_mm" ? 1e-4 : 1e-6 }

  private func figures(_ point: Evaluation.Case.AtPoint) -> [String: Double?] {
    [
      "observed_fpr": point.observedFPR, "dice": point.dice, "recall": point.recall,
      "precision": point.precision, "absolute_volume_difference_percent": point.absoluteVolumeDifference,
      "predicted_volume_ml": point.predictedVolume,
      "predicted_regions": point.predictedRegions.map(Double.init),
      "hd95_mm": point.hd95, "surface_dice_1mm": point.surfaceDice, "lesion_recall": point.lesionRecall,
      "lesion_f1": point.lesionF1,
    ]
  }

  @Test func everyCaseIsAsSciPySaysIt() throws {
    let golden = try Goldens.json(Golden.self, "masks.json")
    #expect(golden.cases.count == 15 && golden.cohorts.count == 2)
    for cohort in golden.cohorts {
      for scan in try evaluation(golden, minimum: cohort.minimum).table {
        let points = try #require(cohort.per_case[scan.caseID])
        for (name, expected) in points {
          let actual = figures(try #require(scan.operatingPoints[name]))
          #expect(actual.count == expected.count)
          for (figure, value) in expected {
            #expect(
              isClose(actual[figure] ?? nil, value, tolerance(figure)),
              "\(scan.caseID), \(name), \(figure): \(String(describing: actual[figure])) for \(String(describing: value))"
            )
          }
        }
      }
    }
  }

  @Test func pooledAndPerParticipantFiguresAreThoseOfNumPy() throws {
    let golden = try Goldens.json(Golden.self, "masks.json")
    func expect(_ actual: Evaluation.Summary?, _ expected: Golden.Summary?, _ name: String) {
      #expect(isClose(actual?.mean, expected?.mean, tolerance(name)), "\(name)")
      #expect(isClose(actual?.sd, expected?.sd, tolerance(name)), "\(name)")
      #expect(isClose(actual?.median, expected?.median, tolerance(name)), "\(name)")
      #expect(actual?.participants == expected?.participants, "\(name)")
    }
    for cohort in golden.cohorts {
      let evaluation = try evaluation(golden, minimum: cohort.minimum)
      #expect(evaluation.casesWithoutLesion == 4 && evaluation.minimumLesionSize == cohort.minimum)
      for point in evaluation.operatingPoints {
        let expected = try #require(cohort.points[point.name])
        #expect(isClose(point.dice, expected.dice, 1e-6) && isClose(point.recall, expected.recall, 1e-6))
        #expect(isClose(point.precision, expected.precision, 1e-6))
        #expect(isClose(point.observedFPR, expected.observed_fpr, 1e-9))
        for (name, summary) in expected.per_participant { expect(point.perParticipant[name], summary, name) }
        let strata = try #require(point.lesionStrata), free = try #require(point.lesionFree)
        #expect(strata.map(\.size) == ["<200", "200-1000", ">1000"])
        for stratum in strata { #expect([stratum.found, stratum.lesions] == expected.strata[stratum.size]) }
        // The case whose lesion is outside the brain is not lesion-free.
        #expect(free.cases == 3 && free.flagged == expected.flagged)
        #expect(isClose(free.fractionFlagged, Double(expected.flagged) / 3, 1e-12))
        expect(free.volume, expected.free_volume, "volume")
        expect(free.regions, expected.free_regions, "regions")
      }
    }
  }

  @Test func detectionIsThatOfScikitLearn() throws {
    let golden = try Goldens.json(Golden.self, "masks.json")
    let evaluation = try evaluation(golden, minimum: 0, detail: .ranking)
    let detection = try #require(evaluation.detection)
    #expect(Set(detection.keys) == Set(golden.detection.keys))
    for (name, expected) in golden.detection {
      #expect(isClose(detection[name]?.auroc, expected.auroc, 1e-6), "\(name)")
      #expect(isClose(detection[name]?.auprc, expected.auprc, 1e-6), "\(name)")
      for (scan, value) in zip(evaluation.table, expected.values) {
        let actual = name == "mean" ? scan.scoreMean : name == "max" ? scan.scoreMaximum : scan.scoreP999
        #expect(isClose(actual, value, 1e-6), "\(name) of \(scan.caseID)")
      }
    }
  }

  @Test func theOrderOfCasesChangesNoFigure() throws {
    let golden = try Goldens.json(Golden.self, "masks.json")
    let straight = try evaluation(golden, minimum: 12)
    let turned = try evaluation(golden, minimum: 12, order: golden.cases.indices.reversed())
    #expect(straight.operatingPoints == turned.operatingPoints && straight.detection == turned.detection)
    #expect(Set(straight.table) == Set(turned.table))
  }

  @Test func aRankingHasTheSameDiceAndLeavesTheRestOut() throws {
    let golden = try Goldens.json(Golden.self, "masks.json")
    let full = try evaluation(golden, minimum: 12)
    let ranking = try evaluation(golden, minimum: 12, detail: .ranking)
    for (a, b) in zip(full.operatingPoints, ranking.operatingPoints) {
      #expect(a.dice == b.dice && a.observedFPR == b.observedFPR && a.diceInterval == b.diceInterval)
      #expect(a.perParticipant["dice"] == b.perParticipant["dice"])
      #expect(b.perParticipant["hd95_mm"] == nil && b.lesionStrata == nil && b.lesionFree?.regions == nil)
      #expect(a.lesionFree?.volume == b.lesionFree?.volume)
    }
  }

  @Test func distancesAreThoseOfSciPy() throws {
    for field in try Goldens.json(Golden.self, "masks.json").fields {
      let transform = DistanceTransform(
        seeds: field.seeds, shape: field.shape,
        spacing: SIMD3(field.spacing[0], field.spacing[1], field.spacing[2]))
      #expect(transform.squared.count == field.distances.count)
      for (squared, distance) in zip(transform.squared, field.distances) {
        #expect(abs(squared.squareRoot() - distance) < 1e-9, "\(field.shape)")
      }
    }
    let none = DistanceTransform(seeds: [], shape: [3, 2, 2], spacing: SIMD3(1, 1, 1))
    #expect(none.squared.allSatisfy { $0 == .infinity })
  }
}
