import Foundation
import Testing

@testable import Norma
@testable import Volumes

@Suite struct SimulatedVisitsTests {
  private static func visits(_ followUp: FollowUp, index: Int = 0) throws -> SimulatedVisits {
    try Simulator(ofPhantoms: SimulationOptions(cases: 2, seed: 3, voxelSize: [2, 2, 3])).makeVisits(
      index, followUp)
  }

  @Test func theSameSeedGivesTheSameVisitsOfOneBrain() throws {
    let one = try Self.visits(FollowUp(.none)), two = try Self.visits(FollowUp(.none))
    #expect(one.baseline.flair == two.baseline.flair && one.followUp.flair == two.followUp.flair)
    #expect(one.baseline.flair.voxels != one.followUp.flair.voxels && one.toFollowUp != .identity)
    #expect(one.baseline.changes.count == 0 && one.followUp.changes.count == 0)
    // Moved to the follow-up the brain of the baseline is in place.
    let moved = Mask(
      geometry: one.baseline.brain.geometry.moved(by: one.toFollowUp), voxels: one.baseline.brain.voxels)
    let there = try Resample.nearest(moved, to: one.followUp.brain.geometry)
    let common = zip(there.voxels, one.followUp.brain.voxels).count { $0 != 0 && $1 != 0 }
    #expect(2 * Double(common) / Double(there.count + one.followUp.brain.count) > 0.97)
    #expect(zip(one.followUp.flair.voxels, one.followUp.brain.voxels).allSatisfy { ($0 == 0) == ($1 == 0) })
  }

  @Test func theT1wOfEachVisitIsInItsOwnPositionAndChangesNothingElse() throws {
    var options = SimulationOptions(cases: 2, seed: 3, voxelSize: [2, 2, 3])
    options.hasT1w = true
    let alone = try Self.visits(FollowUp(.new))
    let both = try Simulator(ofPhantoms: options).makeVisits(0, FollowUp(.new))
    #expect(alone.baseline.t1w == nil && alone.followUp.flair == both.followUp.flair)
    let t1ws = try [both.baseline, both.followUp].map { try #require($0.t1w) }
    #expect(t1ws[0].fromFLAIR != t1ws[1].fromFLAIR && t1ws[0].image.voxels != t1ws[1].image.voxels)
    for (visit, t1w) in zip([both.baseline, both.followUp], t1ws) {
      let there = try Resample.averaged(t1w.image, to: visit.flair.geometry.moved(by: t1w.fromFLAIR))
      let common = zip(there.voxels, visit.brain.voxels).count { $0 > 0 && $1 != 0 }
      #expect(common > visit.brain.count * 95 / 100)
      // A position that is off by the map of the other visit would not fit.
      let wrong = t1w.fromFLAIR.composed(with: both.toFollowUp)
      let elsewhere = try Resample.averaged(t1w.image, to: visit.flair.geometry.moved(by: wrong))
      #expect(zip(elsewhere.voxels, visit.brain.voxels).count { $0 > 0 && $1 != 0 } < common)
    }
  }

  @Test func threeLesionsAreNew() throws {
    let visits = try Self.visits(FollowUp(.new))
    #expect(visits.baseline.changes.count == 0)
    #expect(visits.followUp.changes.components(minimumVolume: 20).count == 3)
    #expect(zip(visits.followUp.changes.voxels, visits.followUp.lesions.voxels).allSatisfy { $0 <= $1 })
  }

  @Test func twoLesionsGrowByHalf() throws {
    let visits = try Self.visits(FollowUp(.grown))
    let volumes = [visits.baseline, visits.followUp].map {
      Double($0.changes.count) * $0.changes.geometry.voxelVolume
    }
    #expect(visits.followUp.changes.components(minimumVolume: 20).count == 2)
    #expect((1.2...1.8).contains(volumes[1] / volumes[0]))
  }

  @Test func anotherScannerHasOtherSlicesAndNoise() throws {
    let visits = try Self.visits(FollowUp(.none, isOtherScanner: true))
    #expect(visits.followUp.flair.geometry.spacing.z != visits.baseline.flair.geometry.spacing.z)
    #expect(visits.followUp.flair.geometry.spacing.x == visits.baseline.flair.geometry.spacing.x)
  }
}
