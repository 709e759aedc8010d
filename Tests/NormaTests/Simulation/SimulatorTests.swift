import Foundation
import Testing
import Volumes

import Base
@testable import Norma

@Suite struct SimulatorTests {
  static let template = SimulatedTemplate.phantom(shape: [28, 33, 27])

  static func simulator(seed: UInt64 = 7, cases: Int = 8, validationFraction: Double = 0) throws -> Simulator
  {
    try Simulator(
      template: template,
      options: SimulationOptions(
        cases: cases, seed: seed, voxelSize: [7, 7, 8], zRange: 8...26,
        trainFraction: validationFraction > 0 ? 0.5 : 0, validationFraction: validationFraction))
  }

  @Test func theSameSeedAndIndexGiveTheSameScan() throws {
    let first = try Self.simulator().makeCase(3)
    let second = try Self.simulator().makeCase(3)
    #expect(first.flair == second.flair)
    #expect(first.brainMask == second.brainMask)
    #expect(first.lesionMask == second.lesionMask)
  }

  @Test func anotherSeedOrIndexGivesAnotherHead() throws {
    let one = try Self.simulator().makeCase(0)
    #expect(try Self.simulator().makeCase(4).flair != one.flair)
    #expect(try Self.simulator(seed: 8).makeCase(0).flair != one.flair)
    #expect(try Self.simulator(seed: 8).makeCase(0).brainMask != one.brainMask)
  }

  @Test func aScanDoesNotDependOnTheNumberOfCases() throws {
    let few = try Self.simulator(cases: 8).makeCase(5)
    let many = try Self.simulator(cases: 80).makeCase(5)
    #expect(few.flair == many.flair)
  }

  /// Pins the generator and the arithmetic: a change of either changes published cohorts.
  @Test func randomNumbersStayTheSame() {
    var generator = SeededGenerator(seed: 1, stream: 2)
    #expect(generator.uniform(0...1) == 0.013464808)
    #expect(generator.normal() == 0.66462445)
    #expect(HashNoise(key: 5, spacing: 3).value(Point(1, -2, 30)) == -0.4201839)
    let normals = (0..<20_000).map { _ in generator.normal() }
    let mean = normals.reduce(0, +) / 20_000
    let variance = normals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.04)
  }

  @Test func theBackgroundIsZeroAndTheBrainIsNot() throws {
    let person = try Self.simulator().makeCase(0)
    let values = zip(person.flair.voxels, person.brainMask.voxels)
    #expect(values.allSatisfy { signal, brain in (signal == 0) == (brain == 0) })
    #expect(person.flair.nonFiniteCount == 0)
    #expect(person.brainMask.count > person.brainMask.voxels.count / 8)
  }

  @Test func fluidIsDark() throws {
    let person = try Self.simulator().makeCase(2)
    func signal(_ x: Double, _ y: Double, _ z: Double) throws -> Float {
      let voxelOfWorld = try person.flair.geometry.affine.inverse()
      let voxel = voxelOfWorld.apply([x, y, z]).rounded(.toNearestOrAwayFromZero)
      return person.flair[Int(voxel.x), Int(voxel.y), Int(voxel.z)]
    }
    let ventricle = try signal(13, -6, 18)
    let white = try signal(40, -20, 18)
    #expect(ventricle < 0.6 * white)
  }

  @Test(arguments: LesionKind.allCases)
  func lesionsAreInTheBrainAndDifferFromHealthyTissue(kind: LesionKind) throws {
    let index = try #require(LesionKind.allCases.firstIndex(of: kind))
    let patient = try Self.simulator().makeCase(index)
    #expect(patient.kinds == [kind])
    #expect(patient.split == .test)
    #expect(patient.lesionMask.count > 0)
    #expect(zip(patient.lesionMask.voxels, patient.brainMask.voxels).allSatisfy { $0 <= $1 })

    // The same index in the training split is the same head without lesions.
    let healthy = try Simulator(
      template: Self.template,
      options: SimulationOptions(
        cases: 8, seed: 7, voxelSize: [7, 7, 8], zRange: 8...26, trainFraction: 1, validationFraction: 0)
    ).makeCase(index)
    let changes = patient.flair.voxels.indices.filter { patient.lesionMask.voxels[$0] == 1 }
      .map { patient.flair.voxels[$0] / healthy.flair.voxels[$0] }.sorted()
    #expect(changes[changes.count / 2] > 1.2)
    if kind == .cavity { #expect(changes[0] < 0.7) }
    let far = patient.flair.voxels.indices.filter { patient.flair.voxels[$0] != healthy.flair.voxels[$0] }
    #expect(far.count < patient.brainMask.count / 3)
  }

  @Test func onlyTheTestSplitHasLesions() throws {
    let simulator = try Self.simulator(validationFraction: 0.25)
    let people = try (0..<8).map(simulator.makeCase)
    #expect(people.map(\.split) == [.train, .train, .train, .train, .validation, .validation, .test, .test])
    for person in people {
      #expect((person.lesionMask.count > 0) == (person.split == .test))
      #expect(person.kinds.isEmpty == (person.split != .test))
    }
    #expect(people.map(\.participantID).prefix(2) == ["sub-001", "sub-002"])
  }

  @Test func voxelsTileTheTemplatesFieldOfView() throws {
    let geometry = try Self.simulator().makeCase(0).flair.geometry
    #expect(geometry.spacing == SIMD3(7, 7, 8))
    #expect(geometry.axisCodes == "RAS")
    let corner = Self.template.tissues.origin - Self.template.tissues.spacing / 2
    #expect(abs(geometry.affine.origin.x - Double(corner.x) - 3.5) < 1e-4)
    #expect(abs(geometry.affine.origin.y - Double(corner.y) - 3.5) < 1e-4)
    let centers = (0..<geometry.shape[2]).map { geometry.world(ofVoxel: [0, 0, Double($0)]).z }
    #expect(centers.allSatisfy { (8...26).contains($0) })
    #expect((2...3).contains(centers.count))
  }
}
