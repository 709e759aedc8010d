import Foundation
import Testing
import Volumes

import Base
@testable import Norma

@Suite struct SimulatorTests {
  static func simulator(seed: UInt64 = 7, cases: Int = 8, validationFraction: Double = 0) throws -> Simulator
  {
    try Simulator(
      anatomies: [.phantom],
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
    // The ventricle of the phantom is on one side, and heads are mirrored.
    let sides = [try signal(15, -10, 18), try signal(-15, -10, 18)]
    #expect((sides.min() ?? 0) < 0.6 * (sides.max() ?? 0))
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
      anatomies: [.phantom],
      options: SimulationOptions(
        cases: 8, seed: 7, voxelSize: [7, 7, 8], zRange: 8...26, trainFraction: 1, validationFraction: 0)
    ).makeCase(index)
    #expect(healthy.brainMask == patient.brainMask)
    let changes = patient.flair.voxels.indices.filter { patient.lesionMask.voxels[$0] == 1 }
      .map { patient.flair.voxels[$0] / healthy.flair.voxels[$0] }.sorted()
    #expect(changes[changes.count / 2] > 1.1)
    let far = patient.flair.voxels.indices.filter { patient.flair.voxels[$0] != healthy.flair.voxels[$0] }
    // The band of the phantom's large ventricle takes most of these slices.
    #expect(Double(far.count) < Double(patient.brainMask.count) * (kind == .confluent ? 0.8 : 0.5))
  }

  @Test func aLesionIsInTheSamePlaceInFineAndCoarseVoxels() throws {
    func patient(_ size: [Double]) throws -> SimulatedCase {
      try Simulator(
        anatomies: [.phantom],
        options: SimulationOptions(
          cases: 1, seed: 3, voxelSize: size, zRange: 8...26, trainFraction: 0, validationFraction: 0)
      ).makeCase(0)
    }
    func centre(_ mask: Mask) -> SIMD3<Double> {
      let inside = mask.voxels.indices.filter { mask.voxels[$0] != 0 }
      return inside.reduce(.zero) { $0 + mask.geometry.world(ofVoxel: SIMD3<Double>(mask.voxel(at: $1))) }
        / Double(inside.count)
    }
    let (fine, coarse) = (try patient([1.5, 1.5, 3]), try patient([4, 4, 3]))
    #expect(centre(fine.lesionMask).distance(to: centre(coarse.lesionMask)) < 2)
    func millilitres(_ mask: Mask) -> Double { Double(mask.count) * mask.geometry.voxelVolume }
    let ratio = millilitres(coarse.lesionMask) / millilitres(fine.lesionMask)
    #expect((0.8...1.25).contains(ratio), "\(ratio)")
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

  @Test func voxelsTileTheFieldOfViewOfAnatomies() throws {
    let geometry = try Self.simulator().makeCase(0).flair.geometry
    #expect(geometry.spacing == SIMD3(7, 7, 8))
    #expect(geometry.axisCodes == "RAS")
    #expect(abs(geometry.affine.origin.x - (-95.25 - 0.75 + 3.5)) < 1e-9)
    #expect(abs(geometry.affine.origin.y - (-113.25 - 0.75 + 3.5)) < 1e-9)
    let centres = (0..<geometry.shape[2]).map { geometry.world(ofVoxel: [0, 0, Double($0)]).z }
    #expect(centres.allSatisfy { (8...26).contains($0) })
    #expect((2...3).contains(centres.count))
  }
}

extension SIMD3<Double> {
  fileprivate func distance(to other: Self) -> Double {
    let step = self - other
    return (step * step).sum().squareRoot()
  }
}
