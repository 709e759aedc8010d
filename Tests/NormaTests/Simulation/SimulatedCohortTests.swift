import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
import StrictSettings
@testable import Cohort
@testable import Norma

@Suite struct SimulatedCohortTests {
  private let home: TemporaryFolder
  private var folder: URL { home.url.appendingPathComponent("cohort") }

  init() throws { home = try TemporaryFolder() }

  func options(cases: Int = 4) -> SimulationOptions {
    SimulationOptions(
      cases: cases, seed: 1, voxelSize: [6, 6, 6], zRange: 10...24, trainFraction: 0.5,
      validationFraction: 0.25)
  }

  @Test func aCohortIsReadBackThroughItsManifest() throws {
    let simulator = try Simulator(anatomies: [.phantom], options: options())
    var reports: [Simulator.Progress] = []
    try simulator.writeCohort(to: folder) { reports.append($0) }
    #expect(reports.map(\.participantID) == ["sub-001", "sub-002", "sub-003", "sub-004"])
    #expect(reports.map(\.completed) == [1, 2, 3, 4])

    let manifest = try Manifest(contentsOf: folder.appendingPathComponent("manifest.tsv"))
    try manifest.requireFiles()
    #expect(manifest.cases.map(\.split) == [.train, .train, .validation, .test])
    #expect(manifest.cases.map { $0.lesionMask == nil } == [true, true, true, false])

    let patient = try simulator.makeCase(3)
    let scan = manifest.cases[3]
    #expect(try NIfTI.read(scan.image).voxels == patient.flair.voxels)
    #expect(try NIfTI.readGeometry(scan.image).matches(patient.flair.geometry))
    #expect(try NIfTI.readMask(#require(scan.brainMask)).voxels == patient.brainMask.voxels)
    #expect(try NIfTI.readMask(#require(scan.lesionMask)).voxels == patient.lesionMask.voxels)

    let saved = try Data(contentsOf: folder.appendingPathComponent("simulation.json"))
    #expect(try JSONDecoder().decode(SimulationOptions.self, from: saved) == options())
  }

  @Test func aT1wBesideTheFLAIRChangesNothingElse() throws {
    var options = options(cases: 1)
    let alone = try Simulator(anatomies: [.phantom], options: options).makeCase(0)
    #expect(alone.t1w == nil)
    options.hasT1w = true
    let simulator = try Simulator(anatomies: [.phantom], options: options)
    try simulator.writeCohort(to: folder)
    let scan = try #require(
      try Manifest(contentsOf: folder.appendingPathComponent("manifest.tsv")).cases.first)
    #expect(try NIfTI.read(scan.image).voxels == alone.flair.voxels)
    let t1w = try NIfTI.read(#require(scan.t1w))
    #expect(t1w.geometry.spacing == SIMD3(1, 1, 1))
    // In its position the T1w shows the brain of the FLAIR, with dark grey matter.
    let fromFLAIR = try #require(try simulator.makeCase(0).t1w?.fromFLAIR)
    let moved = try Resample.averaged(t1w, to: alone.flair.geometry.moved(by: fromFLAIR))
    let inside = zip(moved.voxels, alone.brainMask.voxels).filter { $1 != 0 }.map(\.0)
    let outside = zip(moved.voxels, alone.brainMask.voxels).filter { $1 == 0 }.map(\.0)
    let half = inside.reduce(0, +) / Float(inside.count) / 2
    #expect(inside.count { $0 > 0 } > inside.count * 95 / 100)
    #expect(outside.count { $0 > half } < inside.count / 10)
  }

  @Test func noManifestIsLeftWhereACaseFails() throws {
    // Above the head there is no site for a lesion.
    var top = options()
    top.zRange = 75...90
    let simulator = try Simulator(anatomies: [.phantom], options: top)
    #expect(throws: SimulationError.self) { try simulator.writeCohort(to: folder) }
    #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("manifest.tsv").path))
  }

  @Test(arguments: [
    (SimulationOptions(cases: 0), "cases"),
    (SimulationOptions(voxelSize: [1, 1]), "voxelSize"),
    (SimulationOptions(voxelSize: [1, 1, 0]), "voxelSize"),
    (SimulationOptions(trainFraction: -0.1), "trainFraction"),
    (SimulationOptions(trainFraction: 0.8, validationFraction: 0.3), "validationFraction"),
  ])
  func anOptionOutOfRangeIsRefused(options: SimulationOptions, path: String) {
    #expect {
      try Simulator(anatomies: [.phantom], options: options)
    } throws: { error in
      guard case ConfigurationError.outOfRange(path, _, _) = error else { return false }
      return true
    }
  }

  @Test func aRangeWithoutSlicesIsRefused() {
    #expect(throws: SimulationError.noSlices) {
      try Simulator(
        anatomies: [.phantom], options: SimulationOptions(zRange: 500...600))
    }
  }

  @Test(arguments: [
    SimulationError.noSlices, .noPlaceForLesion(participantID: "sub-009", .large),
  ])
  func everyErrorHasAdvice(error: SimulationError) {
    #expect(!error.problem.what.isEmpty && !error.problem.location.isEmpty && !error.problem.advice.isEmpty)
  }
}
