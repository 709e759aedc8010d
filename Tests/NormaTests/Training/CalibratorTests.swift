import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Norma

@Suite struct CalibratorTests {
  /// Three training people, two lesion-free validation people, two with a lesion in `split`.
  private func trained(
    _ preset: String = "normative", epochs: Int = 1, labelled split: Split = .validation,
    settings: [String] = [],
    _ body: (ModelBundle, TestCohort) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var cohort = try TestCohort(in: folder, test: 2)
      for index in [5, 6] { cohort.manifest.cases[index].split = split }
      try cohort.write()
      let run = try TrainingRun(
        configuration: .tiny(preset, epochs: epochs, settings: settings), manifest: cohort.manifest,
        folder: RunFolder(folder.appendingPathComponent("run")), name: "tiny")
      try body(try run.run(), cohort)
    }
  }

  /// Scores and truth of the brain voxels of some people.
  private func voxels(_ bundle: ModelBundle, _ cases: [ScanCase]) throws -> [(score: Float, isLesion: Bool)] {
    let segmenter = try Segmenter(bundle: bundle)
    return try cases.flatMap { scan in
      let result = try segmenter.segment(VolumeReader.read(scan.image), threshold: 0, name: scan.id)
      let lesion = try scan.readLesionMask()
      return result.brain.voxels.indices.filter { result.brain.voxels[$0] != 0 }
        .map { (result.anomalyMap.voxels[$0], lesion?.voxels[$0] == 1) }
    }
  }

  @Test func trainingPercentilesAreExceededAsRarelyAsTheySay() throws {
    try trained { bundle, cohort in
      let percentiles = try #require(bundle.description.calibration.trainingPercentiles)
      let scores = try voxels(bundle, Array(cohort.manifest.cases.prefix(3))).map(\.score)
      #expect(percentiles.cases == 3 && percentiles.voxels == scores.count)
      #expect(percentiles.curve.map(\.percentile) == [95, 98, 99])
      for point in percentiles.curve {
        let allowed = (100 - point.percentile) / 100 * Double(scores.count)
        let above = Double(scores.filter { Double($0) > point.threshold }.count)
        #expect(above <= allowed + 1 && above > 0.9 * allowed)
      }
      let used = try bundle.description.calibration.threshold(from: .trainingPercentile, rate: 0.01)
      #expect(used == percentiles.curve[1].threshold)
    }
  }

  @Test func theLabelledThresholdHasTheBestDice() throws {
    try trained { bundle, cohort in
      let labelled = try #require(bundle.description.calibration.labelledValidation)
      let voxels = try voxels(bundle, Array(cohort.manifest.cases.suffix(2)))
      func dice(_ threshold: Double) -> Double {
        let predicted = voxels.filter { Double($0.score) > threshold }
        let hits = predicted.filter(\.isLesion).count
        return 2 * Double(hits) / Double(predicted.count + voxels.filter(\.isLesion).count)
      }
      #expect(labelled.cases == 2 && labelled.dice > 0.5)
      #expect(abs(dice(labelled.threshold) - labelled.dice) < 1e-9)
      for factor in [0.25, 0.5, 0.8, 0.9, 1.1, 1.25, 2, 4] {
        #expect(dice(labelled.threshold * factor) <= labelled.dice + 1e-9)
      }
      // People with a lesion are not in the curve of the false-positive rate.
      let calibration = bundle.description.calibration
      #expect(calibration.cases == 2 && calibration.participants == 2 && calibration.reliability == nil)
      let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
      #expect(card.contains("on 2 validation scans with lesions") && card.contains("(98th)"))
      #expect(card.contains("requires three participants"))
    }
  }

  @Test func withoutLabelsThereIsNoLabelledThreshold() throws {
    try trained(labelled: .test) { bundle, _ in
      let calibration = bundle.description.calibration
      #expect(calibration.labelledValidation == nil)
      let problem = try problem { try calibration.threshold(from: .labelledValidation, rate: 0.01) }
      #expect(problem.kind == .usage && problem.location == "--threshold-from")
      let record = SegmentationRecord(bundle: bundle, thresholds: ThresholdChoice(1))
      #expect(
        Set(record.thresholdsByName.keys)
          == ["training-percentile-95", "training-percentile-98", "training-percentile-99"])
    }
  }

  @Test func atMostSoManyScansAreScored() throws {
    try trained(settings: ["calibration.cases=1", "scoring.normalization=deviation"]) { bundle, _ in
      let calibration = bundle.description.calibration
      #expect(calibration.cases == 1 && calibration.trainingPercentiles?.cases == 1)
      #expect(calibration.labelledValidation?.cases == 1)
    }
  }

  /// Four people, one of them scanned twice.
  @Test func twoScansOfOnePersonAreHeldBackTogether() throws {
    try withTemporaryFolder { folder in
      var cohort = try TestCohort(in: folder, validation: 5)
      cohort.manifest.cases[7].participantID = "sub-7"
      let run = try TrainingRun(
        configuration: .tiny("normative"), manifest: cohort.manifest,
        folder: RunFolder(folder.appendingPathComponent("run")), name: "tiny")
      let bundle = try run.run(), calibration = bundle.description.calibration
      #expect(calibration.cases == 5 && calibration.participants == 4)
      let reliability = try #require(calibration.reliability)
      let scans = try (3..<8).map { scan in
        var scores = ScoreHistogram(fractionBits: Reliability.fractionBits)
        for voxel in try voxels(bundle, [cohort.manifest.cases[scan]]) { scores.add(voxel.score) }
        return scores
      }
      let apart = try Reliability(of: scans, seed: 0)
      let together = try Reliability(of: Array(scans.prefix(3)) + [scans[3] + scans[4]], seed: 0)
      #expect(reliability == together && reliability != apart)
      let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
      #expect(card.contains("Each of the 4 participants") && card.contains("| stated |"))
    }
  }

  @Test func aSampleDependsOnSeedAndNamesAlone() throws {
    let cases = (0..<40).map { ScanCase(participantID: "sub-\($0)", image: URL(filePath: "/\($0).nii")) }
    let sample = cases.sample(10, seed: 1)
    #expect(
      sample.count == 10 && sample == cases.filter(sample.contains) && sample != Array(cases.prefix(10)))
    #expect(cases.reversed().sample(10, seed: 1) == sample.reversed())
    #expect(Set(cases.sample(9, seed: 1)).isSubset(of: sample))
    #expect(cases.sample(10, seed: 2) != sample)
    #expect(cases.sample(0, seed: 1) == cases && cases.sample(41, seed: 1) == cases)
  }

  /// Without smoothing: mean and sd of every pixel's score over the slices of one split.
  @Test(arguments: [("training", 0..<3), ("validation", 3..<5)])
  func statisticsAreThoseOfTheirSplit(name: String, people: Range<Int>) throws {
    let settings = [
      "scoring.normalization=standardized", "scoring.statistics=\(name)", "scoring.statisticsSigma=0",
    ]
    try trained("brightness", epochs: 0, labelled: .test, settings: settings) { bundle, cohort in
      let statistics = try #require(bundle.scorer(device: .cpu).chain.statistics)
      let modelGrid = ModelGrid(recipe: TestScan.recipe)
      var values = [[Double]](repeating: [], count: 1024)
      for person in people {
        let scan = try modelGrid.place(cohort.manifest.cases[person])
        for (index, image) in scan.images.enumerated() where scan.brain[index] > 0 {
          values[index % 1024].append(max(0, Double(image - 0.5) * 10))
        }
      }
      let mean = try #require(statistics.mean).values(), deviation = try statistics.deviation.values()
      let floor = try #require(deviation.min())
      for (pixel, scores) in values.enumerated() where !scores.isEmpty {
        let average = scores.reduce(0, +) / Double(scores.count)
        let squares = scores.reduce(0) { $0 + ($1 - average) * ($1 - average) }
        #expect(abs(Double(mean[pixel]) - average) < 1e-4)
        let expected = max((squares / Double(scores.count)).squareRoot(), Double(floor))
        #expect(abs(Double(deviation[pixel]) - expected) < 1e-3)
      }
      try bundle.verify()
    }
  }
}
