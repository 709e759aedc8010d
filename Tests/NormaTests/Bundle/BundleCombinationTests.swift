import _TestSupport
import Foundation
import Tensors
import Testing

@testable import Base
@testable import Methods
@testable import Norma

@Suite struct BundleCombinationTests {
  /// Bundles of an autoencoder that was trained on all folds in turn.
  private func folds(
    _ count: Int, settings: [[String]]? = nil, in folder: URL
  ) throws -> [ModelBundle] {
    let cohort = try TestCohort(in: folder, train: 6)
    return try (0..<count).map { fold in
      let own = settings?[fold] ?? ["training.folds=\(count)", "training.fold=\(fold)"]
      let run = try TrainingRun(
        configuration: .tiny("dense-ae", settings: ["scoring.normalization=none"] + own),
        manifest: cohort.manifest, folder: RunFolder(folder.appendingPathComponent("run\(fold)")),
        name: "tiny")
      return try run.run()
    }
  }

  @Test func theMapIsTheMeanAndThresholdsAreExceededAsOftenAsStated() throws {
    try withTemporaryFolder { folder in
      let members = try folds(2, in: folder)
      let url = folder.appendingPathComponent("combined")
      let bundle = try BundleCombination(members).write(name: "both", description: nil, to: url)
      try bundle.verify()
      let batch = try MethodMatrixTests.batch(9)
      let maps = try members.map { try $0.scorer(device: .cpu).score(batch).map }
      let expected = try ((maps[0] + maps[1]) * 0.5).values()
      #expect(distance(try bundle.scorer(device: .cpu).score(batch).map.values(), expected) < 1e-6)

      let (whole, parts) = (bundle.description.calibration, members.map(\.description.calibration))
      #expect(
        whole.voxels == parts[0].voxels + parts[1].voxels && whole.cases == parts[0].cases + parts[1].cases)
      for rate in [0.01, 0.05, 0.2] {
        let threshold = try whole.threshold(atRate: rate)
        let observed = parts.reduce(0) {
          $0 + $1.rate(above: threshold) * Double($1.voxels) / Double(whole.voxels)
        }
        #expect(abs(observed - rate) < 1e-3, "\(rate): \(observed)")
      }
      #expect(
        bundle.description.provenance.validationCases == whole.cases && bundle.description.domain != nil)

      let (pooled, own) = (try #require(whole.reliability), parts.compactMap(\.reliability))
      #expect(own.count == 2 && pooled.participants == own[0].participants + own[1].participants)
      #expect(whole.participants == pooled.participants)
      for (index, point) in pooled.points.enumerated() {
        let exceeding = zip(parts, own).reduce(0) { $0 + Double($1.0.voxels) * $1.1.points[index].observed }
        #expect(abs(point.observed - exceeding / Double(whole.voxels)) < 1e-9)
        #expect(point.interval[0] <= point.observed && point.observed <= point.interval[1])
      }
    }
  }

  @Test(arguments: [
    (["scoring.median=1"], "configuration differs"), (["scoring.normalization=deviation"], "statistics"),
    (["recipe.normalization=percentile"], "recipe differs"),
  ])
  func unlikeBundlesAreRefused(settings: [String], named: String) throws {
    try withTemporaryFolder { folder in
      let members = try folds(2, settings: [[], settings], in: folder)
      let problem = try problem { try BundleCombination(members) }
      #expect(problem.kind == .usage && "\(problem)".contains(named), "\(problem)")
    }
  }

  /// Members of one method may be of other sizes.
  @Test func aMeanOfOtherNetworksIsAMean() throws {
    try withTemporaryFolder { folder in
      let members = try folds(2, settings: [[], ["model.network.denseSize=5"]], in: folder)
      let url = folder.appendingPathComponent("combined")
      let bundle = try BundleCombination(members).write(name: "both", description: nil, to: url)
      let batch = try MethodMatrixTests.batch(9)
      let maps = try members.map { try $0.scorer(device: .cpu).score(batch).map }
      let expected = try ((maps[0] + maps[1]) * 0.5).values()
      #expect(distance(try bundle.scorer(device: .cpu).score(batch).map.values(), expected) < 1e-6)
    }
  }

  @Test func halfTheBitsGiveNearlyTheSameMap() throws {
    try withTemporaryFolder { folder in
      let members = try folds(2, in: folder)
      let bundles = try [false, true].map { isHalf in
        try BundleCombination(members).write(
          name: "both", description: nil, isHalf: isHalf, to: folder.appendingPathComponent("\(isHalf)"))
      }
      try bundles[1].verify()
      let batch = try MethodMatrixTests.batch(9)
      let maps = try bundles.map { try $0.scorer(device: .cpu).score(batch).map.values() }
      let largest = maps[0].max() ?? 0
      #expect(maps[0] != maps[1] && distance(maps[0], maps[1]) < 5e-3 * largest)
      let sizes = try bundles.map {
        try Data(contentsOf: $0.url.appendingPathComponent("weights.safetensors")).count
      }
      #expect(Double(sizes[1]) < 0.7 * Double(sizes[0]))
    }
  }

  /// Unlike methods, the second heard above its floor and at its own level, measured on scans.
  @Test func aSumOfUnlikeMethodsIsMeasuredOnScans() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 6)
      func bundle(_ preset: String, _ settings: [String]) throws -> ModelBundle {
        let run = try TrainingRun(
          configuration: .tiny(preset, settings: ["scoring.normalization=none"] + settings),
          manifest: cohort.manifest, folder: RunFolder(folder.appendingPathComponent(preset)), name: preset)
        return try run.run()
      }
      let everywhere = try bundle("brightness", []), here = try bundle("normative", ["recipe.zRange=[0, 20]"])
      let url = folder.appendingPathComponent("sum")
      let sum = try BundleCombination(
        [.init(everywhere, weight: 1), .init(here, weight: 2, floor: 0.5)], measuredOn: cohort.manifest
      ).write(name: "sum", description: nil, to: url)
      #expect(sum.description.configuration.recipe.zRange.isEmpty)
      var batch = try MethodMatrixTests.batch(9)
      batch = Batch(images: batch.images, brain: batch.brain, z: [-1, 0, 20, 21])
      let (one, two) = try (
        everywhere.scorer(device: .cpu).score(batch), here.scorer(device: .cpu).score(batch)
      )
      let heard = try Tensor([0, 2, 2, 0], shape: [4, 1, 1, 1])
      let expected = try (one.map + (two.map - 0.5).relu() * heard).values()
      #expect(distance(try sum.scorer(device: .cpu).score(batch).map.values(), expected) < 1e-5)
      #expect(sum.description.calibration != everywhere.description.calibration)
      let again = try BundleCalibration(sum).write(
        on: cohort.manifest, name: "again", description: nil, to: folder.appendingPathComponent("again"))
      #expect(again.description.calibration == sum.description.calibration)
      let other = try BundleCalibration(sum, settings: ["scoring.median=1", "calibration.defaultRate=0.02"])
        .write(
          on: cohort.manifest, name: "other", description: nil, to: folder.appendingPathComponent("other"))
      #expect(other.description.configuration.scoring.median == 1)
      #expect(other.description.configuration.calibration.defaultRate == 0.02)
      #expect(other.description.calibration != sum.description.calibration)
      for setting in ["recipe.zRange=[0,1]", "training.seed=1", "scoring.normalization=deviation"] {
        #expect(
          try problem { _ = try BundleCalibration(sum, settings: [setting]) }.description
            .contains("train again"))
      }
    }
  }

  @Test func oneBundleOrScaledMapsAreRefused() throws {
    try withTemporaryFolder { folder in
      let scaled = ["scoring.normalization=deviation"]
      let members = try folds(2, settings: [scaled, scaled + ["training.seed=1"]], in: folder)
      #expect(try problem { try BundleCombination(members) }.description.contains("statistics"))
      #expect(try problem { try BundleCombination([members[0]]) }.description.contains("two or more"))
    }
  }
}
