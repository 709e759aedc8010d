import Foundation
import Testing
import _TestSupport

@testable import Cohort
@testable import Norma

/// The figures of an experiment against those of its bundles through `segment` and `evaluate`.
@Suite struct ExperimentAgreementTests {
  /// A method with its settings, and the name of the chain with the settings of its bundle.
  struct Method: Sendable {
    var chain = "eroded mask"
    let preset: String
    var settings: [String] = []
  }

  /// A cohort with a lesion in one training and one validation case too.
  private func cohort(in folder: URL) throws -> TestCohort {
    var cohort = try TestCohort(in: folder, train: 3, validation: 2, test: 4)
    (cohort.manifest.cases[5].split, cohort.manifest.cases[6].split) = (.train, .validation)
    try cohort.write()
    return cohort
  }

  @Test(arguments: [
    Row("brightness", Method(preset: "brightness")),
    Row("components", Method(chain: "component filter", preset: "equalized-brightness")),
    Row("normative", Method(preset: "normative")),
    Row("voxels far from lesions", Method(preset: "normative-whole-brain")),
    Row("samples", Method(chain: "divided by sd", preset: "dense-vae", settings: ["scoring.samples=3"])),
    Row(
      "samples, not scaled",
      Method(preset: "dense-vae", settings: ["scoring.samples=3", "scoring.normalization=none"])),
    Row(
      "intensity prior",
      Method(chain: "brightness prior", preset: "brightness", settings: ["scoring.intensityPrior=0.5"])),
    Row("one calibration case", Method(preset: "brightness", settings: ["calibration.cases=1"])),
    Row("another fold", Method(preset: "brightness", settings: ["training.folds=3", "training.fold=0"])),
  ])
  func theTableHoldsWhatTheBundleGives(row: Row<Method>) throws {
    let method = row.body
    try withTemporaryFolder { place in
      let cohort = try cohort(in: place)
      let folder = ExperimentFolder(place.appendingPathComponent("experiment"))
      var plan = try ExperimentTests.plan([method.preset])
      plan.settings += ["scoring.erosion=7"] + method.settings
      let run = try #require(plan.runs.first)
      _ = try ExperimentRun(plan: plan, manifest: cohort.manifest, folder: folder).run()
      let file = try Data(contentsOf: folder.scores(of: run))
      let result = try JSONDecoder().decode(RunResult.self, from: file)
      let tabulated = try #require(result.chains.first { $0.name == method.chain }).evaluation
      #expect(result.headlines.contains(method.chain))

      let bundle = try ModelBundle(contentsOf: folder.training(of: run).bundle)
      let predictions = place.appendingPathComponent("segmentation")
      let segmentation = try CohortSegmentation(
        bundle: bundle, segmenter: try Segmenter(bundle: bundle), thresholds: ThresholdChoice(1),
        output: predictions)
      #expect(try segmentation.run(cohort.manifest.cases(in: .test)).allSatisfy { $0.problem == nil })
      let evaluated = try EvaluationRun(predictions: predictions, manifest: cohort.manifest).evaluate()

      #expect(tabulated.auprc == evaluated.auprc && tabulated.auprcInterval == evaluated.auprcInterval)
      #expect(tabulated.auroc == evaluated.auroc && tabulated.diceOracle == evaluated.diceOracle)
      #expect(tabulated.diceOracleThreshold == evaluated.diceOracleThreshold)
      #expect(tabulated.table.map(\.auprc) == evaluated.table.map(\.auprc))
      #expect(tabulated.operatingPoints.count >= 4)
      for point in tabulated.operatingPoints {
        #expect(evaluated.atOperatingPoint(point.name) == point, "\(point.name)")
      }
    }
  }
}
