import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Norma

@Suite struct ExperimentTests {
  /// A plan small enough for tests.
  static func plan(_ methods: [String] = ["brightness", "dense-ae"], seeds: Int = 1) throws -> ExperimentPlan
  {
    let network = ["dense-ae", "dense-vae"].filter(methods.contains).flatMap { method in
      ["channels=[4, 8]", "denseSize=6", "denseChannels=2"].map { "\(method):model.network.\($0)" }
    }
    return try ExperimentPlan(
      methods: methods, seeds: seeds,
      settings: network + [
        "recipe.gridSize=32", "recipe.gridSpacing=6", "scoring.median=3", "scoring.erosion=0",
        "training.batchSize=4",
      ] + methods.filter { $0.hasPrefix("dense") }.map { "\($0):training.epochs=2" })
  }

  private func experiment(_ cohort: TestCohort, _ plan: ExperimentPlan) throws -> ExperimentRun {
    try ExperimentRun(
      plan: plan, manifest: cohort.manifest,
      folder: ExperimentFolder(cohort.folder.appendingPathComponent("out")))
  }

  private func withCohort<R>(
    train: Int = 3, validation: Int = 2, test: Int = 2, _ body: (TestCohort) throws -> R
  ) throws -> R {
    try withTemporaryFolder {
      try body(TestCohort(in: $0, train: train, validation: validation, test: test))
    }
  }

  @Test func everyMethodIsMeasuredUnderEveryChain() throws {
    try withCohort { cohort in
      let results = try experiment(cohort, Self.plan(seeds: 2)).run()
      #expect(
        results.runs.map { "\($0.method)-\($0.seed)" } == ["brightness-0", "dense-ae-0", "dense-ae-1"])
      let chains = Dictionary(grouping: results.rows, by: \.method).mapValues { $0.map(\.chain) }
      let common = ["median", "eroded mask", "component filter"]
      #expect(chains["brightness"] == ["raw"] + common)
      #expect(chains["dense-ae"] == ["raw", "positive part"] + common + ["divided by sd"])
      let rows = results.rows.filter { $0.method == "dense-ae" && $0.isHeadline }
      #expect(rows.map(\.chain) == ["eroded mask", "divided by sd"])
      for row in results.rows {
        let figure = try #require(row.figures["auprc"])
        #expect(figure.values.count == row.seeds && row.testCases == 2)
        #expect(abs(figure.mean - figure.values.reduce(0, +) / Double(row.seeds)) < 1e-12)
        #expect(row.figures["dice_training_percentile_98"] != nil)
      }
      // Without labels on validation there is no threshold from them.
      #expect(results.rows.allSatisfy { $0.figures["dice_labelled_validation"] == nil })
      let folder = cohort.folder.appendingPathComponent("out")
      let figures = results.runs.flatMap(\.figures)
      #expect(figures.count == 6 && results.runs[2].figures.isEmpty)
      for figure in figures {
        let map = folder.appendingPathComponent(figure.map)
        #expect(FileManager.default.fileExists(atPath: map.path))
      }
    }
  }

  @Test func whatIsFinishedIsNotDoneAgain() throws {
    try withCohort { cohort in
      let first = try experiment(cohort, Self.plan(["brightness"])).run()
      var kept = [String](), begun = [String]()
      let second = try experiment(cohort, Self.plan(["brightness", "dense-ae"])).run(onEvent: { event in
        switch event {
        case .kept(let run): kept.append(run.name)
        case .run(let run, _, _): begun.append(run.name)
        default: break
        }
      })
      #expect(kept == ["brightness-0"] && begun == ["dense-ae-0"])
      #expect(second.rows.prefix(first.rows.count).map(\.figures) == first.rows.map(\.figures))
      // An added method is shown beside those of earlier calls.
      let third = try experiment(cohort, Self.plan(["normative"])).run()
      #expect(third.methods == ["brightness", "normative", "dense-ae"] && third.runs.count == 3)
    }
  }

  @Test func aFolderBelongsToOneCohort() throws {
    try withCohort { cohort in
      _ = try experiment(cohort, Self.plan(["brightness"])).run()
      var smaller = cohort
      smaller.manifest.cases.removeFirst()
      let refusal = try problem { try experiment(smaller, Self.plan(["brightness"])).run() }
      #expect(refusal.kind == .badData && refusal.what.contains("other data"))
    }
  }

  /// Wherever it is stopped, the second call ends with the figures of a run that never was.
  @Test(arguments: [1, 4, 9, 14, 20])
  func anInterruptedExperimentGoesOn(after stops: Int) throws {
    let whole = try withCohort { try experiment($0, Self.plan()).run().rows.map(\.figures) }
    try withCohort { cohort in
      var calls = 0
      let stopped = try problem {
        try experiment(cohort, Self.plan()).run(shouldStop: {
          calls += 1
          return calls > stops
        })
      }
      #expect(stopped.kind == .interrupted)
      #expect(try experiment(cohort, Self.plan()).run().rows.map(\.figures) == whole)
    }
  }

  @Test func anatomiesTrainAndCalibrate() throws {
    try withTemporaryFolder { folder in
      let template = try Anatomy.writeTemplate(below: folder)
      let plan = try ExperimentPlan(
        methods: ["brightness", "dense-ae"], seeds: 1,
        settings: SyntheticBrainsTests.small
          + [
            "recipe.adjacentDistance=0", "model.network.channels=[4, 8]", "model.network.denseSize=6",
            "model.network.denseChannels=2",
          ].map { $0.hasPrefix("model") ? "dense-ae:\($0)" : $0 })
      let configuration = try plan.configuration(of: plan.runs[0])
      let patient = try FLAIRSynthesis(
        anatomies: [.phantom], settings: configuration.synthesis, recipe: configuration.recipe,
        paintsLesions: true, adjacentDistance: 0
      ).brain(seed: 3, anatomy: 0)
      try NIfTI.write(patient.image, to: folder.appendingPathComponent("patient.nii.gz"))
      let lesion = Volume(geometry: patient.geometry, voxels: patient.slices.flatMap(\.lesion))
      try NIfTI.write(lesion, to: folder.appendingPathComponent("lesion.nii.gz"))
      let manifest = try Manifest(
        text: """
          participant_id\tanatomy\timage\tlesion_mask\tsplit
          one\ttemplate\tn/a\tn/a\ttrain
          two\ttemplate\tn/a\tn/a\tvalidation
          patient\tn/a\tpatient.nii.gz\tlesion.nii.gz\ttest

          """, source: folder.appendingPathComponent("manifest.tsv"))
      let results = try ExperimentRun(
        plan: plan, manifest: manifest,
        folder: ExperimentFolder(folder.appendingPathComponent("out")), template: template
      ).run()
      #expect(results.data.isSynthetic && results.data.training == 1 && results.data.test == 1)
      #expect(results.runs.map(\.method) == ["brightness", "dense-ae"])
      // Both brains of the configuration calibrate.
      #expect(results.runs.allSatisfy { $0.validationCases == 2 })
      #expect(results.rows.allSatisfy { $0.figures["auprc"] != nil })
    }
  }

  @Test func theOrderOfTheCasesChangesNothing() throws {
    try withCohort { cohort in
      var turned = cohort
      turned.manifest.cases.reverse()
      let folder = ExperimentFolder(cohort.folder.appendingPathComponent("turned"))
      let a = try experiment(cohort, Self.plan(["brightness", "normative"])).run()
      let b = try ExperimentRun(
        plan: Self.plan(["brightness", "normative"]), manifest: turned.manifest, folder: folder
      ).run()
      for (first, second) in zip(a.rows, b.rows) {
        let (x, y) = (first.figures["auprc"], second.figures["auprc"])
        #expect(abs(try #require(x).mean - #require(y).mean) < 1e-5)
      }
    }
  }

  @Test func anotherConfigurationIsRefused() throws {
    try withCohort { cohort in
      _ = try experiment(cohort, Self.plan()).run()
      var other = try Self.plan()
      other.settings.append("dense-ae:training.epochs=3")
      let refusal = try problem { try experiment(cohort, other).run() }
      #expect(refusal.kind == .badData && refusal.what.contains("another configuration"))
    }
  }

  @Test(arguments: [
    Row("no training case", (train: 0, validation: 2, test: 2, text: "no training case")),
    Row("no validation case", (train: 3, validation: 0, test: 2, text: "no lesion-free validation case")),
    Row("no test case", (train: 3, validation: 2, test: 0, text: "no test case has a lesion mask")),
  ])
  func cohortsThatCannotBeComparedAreRefused(
    row: Row<(train: Int, validation: Int, test: Int, text: String)>
  ) throws {
    try withCohort(train: row.body.train, validation: row.body.validation, test: row.body.test) { cohort in
      let refusal = try problem { try experiment(cohort, Self.plan()) }
      #expect(refusal.kind == .badData && refusal.what.contains(row.body.text))
      let out = cohort.folder.appendingPathComponent("out").path
      #expect(!FileManager.default.fileExists(atPath: out))
    }
  }

  @Test func masksInTheTrainingSplitOnlyAreRefused() throws {
    try withCohort { cohort in
      var wrong = cohort
      for index in wrong.manifest.cases.indices {
        let isTest = wrong.manifest.cases[index].split == .test
        if isTest {
          wrong.manifest.cases[0].lesionMask = wrong.manifest.cases[index].lesionMask
          wrong.manifest.cases[index].lesionMask = nil
        }
      }
      let refusal = try problem { try experiment(wrong, Self.plan()) }
      #expect(refusal.what.contains("outside the test split"))
    }
  }

  @Test(arguments: [
    Row("unknown method", ["dense-xae"]), Row("key of no method", ["dense-ae", "dense-xae:model.a=1"]),
  ])
  func plansThatNameNothingAreRefused(row: Row<[String]>) throws {
    let refusal = try problem {
      try ExperimentPlan(methods: [row.body[0]], settings: Array(row.body.dropFirst()))
    }
    #expect(refusal.kind == .usage)
  }

  @Test func theSearchIsLimitedAndTheScaleChangesTheGrid() throws {
    let plan = try ExperimentPlan(methods: ["anogan", "normative"], seeds: 1, scale: .paper, searchCases: 7)
    let runs = plan.runs
    #expect(try runs.map { try plan.caseLimit($0) } == [7, nil])
    for run in runs { #expect(try plan.configuration(of: run).recipe.gridSize == 256) }
    #expect(try plan.configuration(of: runs[0]).calibration.cases == 7)
  }
}
