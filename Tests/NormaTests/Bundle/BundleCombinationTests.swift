import Foundation
import Tensors
import Testing

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
      return try run()
    }
  }

  @Test func theMapIsTheMeanAndThresholdsAreExceededAsOftenAsStated() throws {
    try withTemporaryFolder { folder in
      let members = try folds(2, in: folder)
      let url = folder.appendingPathComponent("combined")
      let bundle = try BundleCombination(members).write(name: "both", description: nil, to: url)
      try bundle.verify()
      let batch = try MethodMatrixTests.batch(9)
      let maps = try members.map { try $0.scorer(device: .cpu).raw(batch).map }
      let expected = try ((maps[0] + maps[1]) * 0.5).values()
      #expect(distance(try bundle.scorer(device: .cpu).raw(batch).map.values(), expected) < 1e-6)

      let (whole, parts) = (bundle.manifest.calibration, members.map(\.manifest.calibration))
      #expect(
        whole.voxels == parts[0].voxels + parts[1].voxels && whole.cases == parts[0].cases + parts[1].cases)
      for rate in [0.01, 0.05, 0.2] {
        let threshold = try whole.threshold(atRate: rate)
        let observed = parts.reduce(0) {
          $0 + $1.rate(above: threshold) * Double($1.voxels) / Double(whole.voxels)
        }
        #expect(abs(observed - rate) < 1e-3, "\(rate): \(observed)")
      }
      #expect(bundle.manifest.provenance.validationCases == whole.cases && bundle.manifest.domain != nil)

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
    (["model.network.denseSize=5"], "differs"), (["scoring.normalization=deviation"], "differs"),
  ])
  func bundlesOfOtherConfigurationsAreRefused(settings: [String], named: String) throws {
    try withTemporaryFolder { folder in
      let members = try folds(2, settings: [[], settings], in: folder)
      let problem = try problem { try BundleCombination(members) }
      #expect(problem.kind == .usage && "\(problem)".contains(named))
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
