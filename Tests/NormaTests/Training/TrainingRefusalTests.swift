import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Norma

@Suite struct TrainingRefusalTests {
  private func problem(
    _ preset: String = "normative", settings: [String] = [], _ change: (inout TestCohort) throws -> Void
  ) throws -> Problem {
    try withTemporaryFolder { folder in
      var cohort = try TestCohort(in: folder, train: 1, validation: 1, test: 1)
      try change(&cohort)
      let run = try TrainingRun(
        configuration: .tiny(preset, settings: settings), manifest: cohort.manifest,
        folder: RunFolder(folder.appendingPathComponent("run")), name: "tiny")
      return try _TestSupport.problem { try run.run() }
    }
  }

  @Test func lesionFreeSlicesAreNeeded() throws {
    let none = try problem { $0.manifest.cases[0].split = .test }
    #expect(none.kind == .badData && none.what.contains("train split (0 cases)"))
    let allWithLesion = try problem { cohort in
      var patient = cohort.manifest.cases[2]
      try NIfTI.write(Mask(geometry: TestScan.geometry, repeating: 1), to: try #require(patient.lesionMask))
      patient.split = .train
      cohort.manifest.cases[0] = patient
      cohort.manifest.cases.removeLast()
    }
    #expect(allWithLesion.what.contains("train split (1 cases)"))
    let noValidation = try problem { $0.manifest.cases[1].split = .test }
    #expect(noValidation.kind == .badData && noValidation.what.contains("validation split (0 cases)"))
  }

  @Test func aThresholdNeedsAValidationCaseWithoutLesion() throws {
    let problem = try problem { cohort in
      let scan = TestScan.make(7, blob: TestScan.Blob(radius: 4))
      let mask = cohort.folder.appendingPathComponent("lesion.nii.gz")
      try NIfTI.write(scan.lesion, to: mask)
      cohort.manifest.cases[1].lesionMask = mask
    }
    #expect(problem.kind == .badData)
    #expect(problem.what.contains("no scan of the validation split is lesion-free"))
  }

  @Test(arguments: [
    Row("no mask to learn from", (Split.validation, "train split shows a lesion")),
    Row("no mask to choose by", (.train, "validation split shows a lesion")),
  ])
  func aMethodThatLearnsFromLesionsNeedsThem(row: Row<(Split, String)>) throws {
    let problem = try problem("supervised") { $0.manifest.cases[2].split = row.body.0 }
    #expect(problem.kind == .badData && problem.what.contains(row.body.1))
    #expect(problem.location.hasSuffix("manifest.tsv") && problem.advice.contains("lesion_mask"))
  }

  @Test(arguments: [
    Row("lesions shown to a method that must see none", ("normative", "none", "must see no lesion")),
    Row("slices with lesions left out", ("supervised", "slices", "learns from lesions")),
    Row("lesions cut out", ("supervised", "voxels", "learns from lesions")),
  ])
  func theExclusionFitsTheMethod(row: Row<(String, String, String)>) throws {
    let (preset, exclusion, words) = row.body
    let problem = try problem(preset, settings: ["training.exclusion=\(exclusion)"]) { _ in }
    #expect(problem.kind == .usage && problem.location == "training.exclusion")
    #expect(problem.what.contains(exclusion) && problem.advice.contains(words))
  }

  @Test func aMethodThatLearnsTissuesNeedsAnatomies() throws {
    let problem = try problem("whole-brain") { $0.manifest.cases[2].split = .train }
    #expect(problem.kind == .badData && problem.location.hasSuffix("manifest.tsv"))
    #expect(problem.what.contains("learns tissues, and there is no anatomy in the train split"))
  }

  @Test func aMissingFileIsFoundBeforeTheWorkBegins() throws {
    let problem = try problem { $0.manifest.cases[2].image = URL(filePath: "/no/such/scan.nii") }
    #expect(problem.kind == .missingInput && problem.location == "/no/such/scan.nii")
  }

  @Test func aFolderHoldsOneRun() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder)
      let place = RunFolder(folder.appendingPathComponent("run"))
      func start() throws -> TrainingRun {
        try TrainingRun(
          configuration: .tiny("normative", epochs: 1), manifest: cohort.manifest, folder: place, name: "tiny"
        )
      }
      _ = try start().run()
      let before = try Data(contentsOf: place.configuration)
      let problem = try _TestSupport.problem { try start() }
      #expect(problem.kind == .cannotCreate && problem.location == place.url.path)
      #expect(try Data(contentsOf: place.configuration) == before)
    }
  }

  @Test func onlyARunCanBeResumed() throws {
    try withTemporaryFolder { folder in
      let place = RunFolder(folder.appendingPathComponent("run"))
      #expect(try _TestSupport.problem { try TrainingRun(resuming: place) }.kind == .missingInput)
      let cohort = try TestCohort(in: folder)
      let run = try TrainingRun(
        configuration: .tiny("normative", epochs: 1), manifest: cohort.manifest, folder: place, name: "tiny")
      _ = try run.run()

      try Data("not safetensors".utf8).write(to: place.lastCheckpoint)
      let damaged = try _TestSupport.problem { try TrainingRun(resuming: place).run() }
      #expect(damaged.kind == .badData && damaged.location == place.lastCheckpoint.path)

      try Data("{".utf8).write(to: place.configuration)
      let broken = try _TestSupport.problem { try TrainingRun(resuming: place) }
      #expect(broken.kind == .badData && broken.location == place.url.path)
    }
  }
}
