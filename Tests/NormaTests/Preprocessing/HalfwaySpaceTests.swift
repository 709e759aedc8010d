import _TestSupport
import Foundation
import Testing

@testable import Preprocessing
@testable import Volumes

/// `halfway.json` of the tests of `Volumes` is made by `Scripts/goldens/visits.py`.
@Suite struct HalfwaySpaceTests {
  private struct Expected: Decodable {
    struct Overlap: Decodable {
      let shape, gridShape, mask, counts: [Int]
      let grids: [Affine]
      let toFollowUp, grid: Affine
      let dice: Double
    }

    let overlap: Overlap
  }

  @Test func masksHalfWayAreThoseOfSimpleITK() throws {
    let file = packageRoot.appending(path: "Tests/VolumesTests/Goldens/halfway.json")
    let expected = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: file)).overlap
    let space = try HalfwaySpace(toFollowUp: expected.toFollowUp)
    let grid = Geometry(shape: expected.gridShape, affine: expected.grid)
    let masks = try zip(expected.grids, space.maps).map { affine, map in
      var mask = Mask(geometry: Geometry(shape: expected.shape, affine: affine), repeating: 0)
      for index in expected.mask { mask.voxels[index] = 1 }
      return try Resample.nearest(
        Mask(geometry: mask.geometry.moved(by: map), voxels: mask.voxels), to: grid)
    }
    // Voxels whose centre is half way between two voxels may fall to either side.
    for (mask, count) in zip(masks, expected.counts) { #expect(abs(mask.count - count) <= 2) }
    let common = zip(masks[0].voxels, masks[1].voxels).count { $0 != 0 && $1 != 0 }
    let dice = 2 * Double(common) / Double(masks[0].count + masks[1].count)
    #expect(abs(dice - expected.dice) < 2e-3)
  }

  @Test func exchangedVisitsHaveTheSameGrid() throws {
    let scan = TestBrain.scan(.flair, geometry: TestBrain.grid(spacing: SIMD3(4, 4, 5)))
    let toFollowUp = Affine.placed(turn: SIMD3(0.1, -0.06, 0.2), shift: SIMD3(7, -3, 5))
    let baseline = TestBrain.mask(scan)
    let followUp = Mask(geometry: baseline.geometry.moved(by: toFollowUp), voxels: baseline.voxels)
    let space = try HalfwaySpace(toFollowUp: toFollowUp)
    let exchanged = try HalfwaySpace(toFollowUp: toFollowUp.inverse())
    let grid = space.grid(around: [baseline, followUp], spacing: 1)
    #expect(grid == exchanged.grid(around: [followUp, baseline], spacing: 1))
    // Half way both visits are in the same place.
    let corner = SIMD3(10.0, 20, 30), moved = toFollowUp.apply(corner)
    let difference = space.fromBaseline.apply(corner) - space.fromFollowUp.apply(moved)
    #expect((difference * difference).sum() < 1e-18)
    #expect(grid.affine.origin == grid.affine.origin.rounded(.toNearestOrEven))
  }
}

@Suite struct VisitRegistrationTests {
  private static func visit(_ position: Affine, _ contrast: TestBrain.Contrast = .flair) -> PreprocessedScan {
    var geometry = TestBrain.grid(spacing: SIMD3(3, 3, 4))
    // The axes remain those of the world.
    geometry = Geometry(
      shape: geometry.shape.map { $0 + 12 },
      affine: Affine(
        i: geometry.affine.i, j: geometry.affine.j, k: geometry.affine.k,
        origin: geometry.affine.origin - SIMD3(18, 18, 24)))
    // From the world of the visit to the brain.
    let scan = TestBrain.scan(contrast, geometry: geometry, toTemplate: position)
    return PreprocessedScan(
      volume: scan, brain: TestBrain.mask(scan), toTemplate: nil, z: nil,
      record: PreprocessingRecord(of: scan.geometry))
  }

  private static let position = Affine.placed(turn: SIMD3(0.06, -0.04, 0.08), shift: SIMD3(5, -4, 3))

  @Test func aKnownPositionIsRecoveredInBothDirections() throws {
    // The map to the brain is the map from the follow-up to the baseline.
    let (baseline, followUp) = (Self.visit(.identity), Self.visit(Self.position))
    let there = try VisitRegistration(from: baseline, to: followUp)
    let back = try VisitRegistration(from: followUp, to: baseline)
    let mask = TestBrain.mask(baseline.volume)
    #expect(there.toFollowUp.cornerDistance(to: try Self.position.inverse(), of: mask) < 0.5)
    #expect(there.toFollowUp.cornerDistance(to: try back.toFollowUp.inverse(), of: mask) < 1e-6)
    #expect(there.inconsistency < 0.5 && there.overlap > 0.97)
    #expect(abs(there.agreement - back.agreement) < 1e-6 && there.agreement > 0.5)
    #expect((0..<3).allSatisfy { abs(there.stretch[$0] - 1) < 0.01 })
    // Rigid: the axes keep their lengths and angles.
    let affine = there.toFollowUp
    #expect(abs(affine.determinant - 1) < 1e-9 && (affine.spacing - 1).max() < 1e-9)
  }

  @Test func anotherSizeIsSeenAsStretch() throws {
    let larger = Affine.placed(scale: SIMD3(0.95, 1, 1))
    let found = try VisitRegistration(from: Self.visit(.identity), to: Self.visit(larger))
    #expect(abs(found.stretch.x - 1 / 0.95) < 0.01 && abs(found.stretch.y - 1) < 0.01)
  }
}
