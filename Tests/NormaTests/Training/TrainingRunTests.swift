import _TestSupport
import Foundation
import Tensors
import Testing

@testable import Base
import StrictSettings
@testable import Methods
@testable import Norma

@Suite struct TrainingRunTests {
  /// Three people with four slices each, four slices a step: three steps an epoch.
  private func withCohort(labelled: Bool = false, _ body: (TestCohort, RunFolder) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let cohort = try labelled ? TestCohort.labelled(in: folder) : TestCohort(in: folder)
      try body(cohort, RunFolder(folder.appendingPathComponent("run")))
    }
  }

  private func run(
    _ cohort: TestCohort, _ folder: RunFolder, _ configuration: Configuration
  ) throws -> TrainingRun {
    try TrainingRun(
      configuration: configuration, manifest: cohort.manifest, folder: folder, name: "tiny",
      description: "Phantoms.")
  }

  /// Stops before the step of this number, counted over the whole run.
  private func interrupt(_ run: TrainingRun, before step: Int) throws -> Problem {
    // Not before training begins.
    var done = -1
    return try problem {
      try run.run(
        onEvent: {
          switch $0 {
          case .started(_, _, let progress): done = progress.epoch * 3 + progress.step
          case .step: done += 1
          default: break
          }
        }, shouldStop: { done >= step })
    }
  }

  /// Everything of a table but the speed.
  private func metrics(_ folder: RunFolder) throws -> [[String]] {
    try String(contentsOf: folder.metrics, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().map(String.init) }
  }

  @Test(arguments: [
    Row("in the first epoch", ("dense-vae", [1])), Row("before the first step", ("dense-vae", [0])),
    Row("between two epochs", ("dense-vae", [3])), Row("in the second epoch", ("spatial-vae", [5])),
    Row("twice", ("dense-vae", [2, 4])), Row("a method without optimiser", ("normative", [2])),
    Row("an autoencoder", ("dense-ae", [2])), Row("a spatial autoencoder", ("spatial-ae", [4])),
    Row("three optimisers", ("anovaegan", [1, 4])), Row("a generator", ("anogan", [3])),
    Row("before and in the second stage", ("f-anogan", [3, 5])),
    Row("noise of the run's seeds", ("denoising", [1, 4])),
    Row("weights with a moving average", ("synthetic", [1, 4])),
    Row("lesions with their masks", ("supervised", [1, 4])),
  ])
  func anInterruptedRunEndsBitForBitLikeAnyOther(row: Row<(String, [Int])>) throws {
    let (preset, stops) = row.body
    try withCohort(labelled: preset == "supervised") { cohort, folder in
      let configuration = try Configuration.tiny(preset, settings: ["training.mirror=0.5"])
      let whole = try run(cohort, RunFolder(cohort.folder.appendingPathComponent("whole")), configuration)
        .run()
      for (index, stop) in stops.enumerated() {
        let part =
          index == 0 ? try run(cohort, folder, configuration) : try TrainingRun(resuming: folder)
        let problem = try interrupt(part, before: stop)
        #expect(problem.kind == .interrupted && problem.advice.contains("--resume"))
        #expect(!FileManager.default.fileExists(atPath: folder.bundle.path))
        let progress = try Checkpoint(contentsOf: folder.lastCheckpoint).progress
        #expect((progress.epoch, progress.step) == (stop / 3, stop % 3))
      }
      let resumed = try TrainingRun(resuming: folder).run()
      for file in ["weights.safetensors", "card.md", "bundle.json"] {
        #expect(
          try Data(contentsOf: resumed.url.appendingPathComponent(file))
            == Data(contentsOf: whole.url.appendingPathComponent(file)), "\(file)")
      }
      let wholeMetrics = try metrics(RunFolder(cohort.folder.appendingPathComponent("whole")))
      #expect(try metrics(folder) == wholeMetrics)
      #expect(wholeMetrics.count == 3 && wholeMetrics.map(\.first) == ["epoch", "1", "2"])
    }
  }

  @Test func aRunSaysWhatItDoes() throws {
    try withCohort { cohort, folder in
      var steps = [StepReport](), records = [EpochRecord](), sizes = (0, 0)
      let bundle = try run(cohort, folder, .tiny("dense-vae", epochs: 3)).run(onEvent: { event in
        switch event {
        case .started(let training, let validation, _): sizes = (training, validation)
        case .step(let step): steps.append(step)
        case .epoch(let record): records.append(record)
        default: break
        }
      })
      #expect(sizes == (12, 8))
      #expect(
        steps.map(\.epoch) == [1, 1, 1, 2, 2, 2, 3, 3, 3] && steps.map(\.step) == [1, 2, 3, 1, 2, 3, 1, 2, 3])
      #expect(records.map(\.epoch) == [1, 2, 3])
      // The mean over an epoch's slices is that of its equal batches.
      let first = steps.prefix(3).map(\.losses.total).reduce(0, +) / 3
      #expect(abs(records[0].trainingLoss - first) < 1e-6 * first)
      #expect(Set(records[0].trainingTerms.keys) == ["kl", "reconstruction"])
      // Cosine: the last step is just above the final rate.
      #expect(records[2].learningRate < 1e-4 && records[0].learningRate > 7e-4)

      let provenance = bundle.description.provenance
      #expect(provenance.trainingCases == 3 && provenance.trainingSlices == 12)
      #expect(provenance.validationCases == 2 && provenance.validationSlices == 8)
      #expect(provenance.epochs == 3 && provenance.bestEpoch == records.last(where: \.isBest)?.epoch)
      #expect(bundle.description.name == "tiny" && provenance.data == "Phantoms.")
      #expect(bundle.description.calibration.cases == 2)
      let text = try Data(contentsOf: folder.configuration)
      #expect(try JSONDecoder().decode(Configuration.self, from: text) == bundle.description.configuration)
      try bundle.verify()
    }
  }

  @Test func theBestEpochIsKeptAndPatienceEnds() throws {
    _ = CountingMethod.register
    try withCohort { cohort, folder in
      var configuration = try Configuration(layers: [.map(["method": .string("test-counting")])])
      configuration.recipe = TestScan.recipe
      configuration.training.epochs = 9
      configuration.training.batchSize = 4
      configuration.training.patience = 2
      let bundle = try run(cohort, folder, configuration).run()
      #expect(bundle.description.provenance.epochs == 3 && bundle.description.provenance.bestEpoch == 1)
      #expect(try bundle.scorer(device: .cpu).method.state["count"]?.values() == [3])
      #expect(try Checkpoint(contentsOf: folder.lastCheckpoint).model["count"]?.values() == [9])
    }
  }

  @Test func masksAreLearnedFromAndCalibrateNoHealthyRate() throws {
    try withCohort(labelled: true) { cohort, folder in
      let bundle = try run(cohort, folder, .tiny("supervised", epochs: 1)).run()
      let provenance = bundle.description.provenance, calibration = bundle.description.calibration
      #expect(provenance.trainingSlices == 12 && provenance.validationSlices == 12)
      #expect(calibration.cases == 2 && calibration.trainingPercentiles?.cases == 2)
      #expect(calibration.labelledValidation?.cases == 1)
      let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
      #expect(card.contains("including lesions") && card.contains("its lesion-free scans the thresholds"))
    }
  }

  /// The search of a generator alone has no validation loss: the last weights are kept.
  @Test func withoutAValidationLossTheLastEpochStands() throws {
    try withCohort { cohort, folder in
      var records = [EpochRecord]()
      let configuration = try Configuration.tiny("anogan", epochs: 3, settings: ["training.patience=1"])
      let bundle = try run(cohort, folder, configuration).run(onEvent: {
        if case .epoch(let record) = $0 { records.append(record) }
      })
      #expect(records.map(\.validationLoss) == [nil, nil, nil] && records.allSatisfy { $0.isBest })
      #expect(bundle.description.provenance.epochs == 3 && bundle.description.provenance.bestEpoch == 3)
      let state = try bundle.scorer(device: .cpu).method.state.mapValues { try $0.bytes() }
      #expect(try Checkpoint(contentsOf: folder.lastCheckpoint).model.mapValues { try $0.bytes() } == state)
      let losses = try metrics(folder).map { $0[$0.count - 2] }
      #expect(losses == ["validation_loss", "", "", ""])
    }
  }

  /// Nine of fifteen steps are the generator's; the first epoch of the encoder is the first that can be chosen.
  @Test func theBestEpochOfFastAnoGANIsOneOfTheEncoder() throws {
    try withCohort { cohort, folder in
      var records = [EpochRecord]()
      let bundle = try run(cohort, folder, .tiny("f-anogan", epochs: 5)).run(onEvent: {
        if case .epoch(let record) = $0 { records.append(record) }
      })
      #expect(records.map { $0.validationLoss == nil } == [true, true, true, false, false])
      #expect(records.prefix(4).allSatisfy { $0.isBest })
      #expect(records.map { $0.trainingTerms["features"] == nil } == [true, true, true, false, false])
      let losses = records.map { $0.validationLoss ?? .infinity }
      let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
      #expect(bundle.description.provenance.bestEpoch == best + 1)
      try bundle.verify()
    }
  }

  @Test(arguments: [("brokenStep", 5, "epoch 2, step 2"), ("brokenValidation", 6, "epoch 2")])
  func aLossThatIsNoNumberKeepsTheLastCheckpoint(key: String, at step: Int, place: String) throws {
    _ = CountingMethod.register
    try withCohort { cohort, folder in
      var configuration = try Configuration(
        layers: [.map(["method": .string("test-counting"), "model": .map([key: .int(step)])])])
      configuration.recipe = TestScan.recipe
      configuration.training.epochs = 3
      configuration.training.batchSize = 4
      let problem = try problem { try run(cohort, folder, configuration).run() }
      #expect(problem.kind == .internalError && problem.what.contains("nan") && problem.what.contains(place))
      #expect(problem.advice.contains("training.learningRate"))
      let checkpoint = try Checkpoint(contentsOf: folder.lastCheckpoint)
      #expect(checkpoint.progress.epoch == 1 && checkpoint.progress.step == 0)
      #expect(try checkpoint.model["count"]?.values() == [3])
      #expect(!FileManager.default.fileExists(atPath: folder.bundle.path))
    }
  }
}
