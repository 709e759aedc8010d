import Foundation
import Testing

@testable import Base
@testable import Norma
@testable import Preprocessing
@testable import Volumes

/// A brain of white matter with round regions, in any position of the head.
private struct TestVisit {
  /// A region of the mask, and how much brighter it is than white matter.
  struct Region {
    let centre: SIMD3<Double>
    let radius: Double
    var gain: Float = 0.8
    /// The score of the anomaly map inside.
    var score: Float = 22
    var isInMask = true
  }

  var regions: [Region]
  /// The map from the brain to the world of the visit.
  var position = Affine.identity
  var scale: Float = 300
  /// The logarithm of the shading at 50 mm.
  var shading: Float = 0
  var seed: UInt64 = 1

  var visit: Visit {
    let grid = Geometry(
      shape: [52, 56, 34],
      affine: Affine(
        i: SIMD3(2.2, 0, 0), j: SIMD3(0, 2.2, 0), k: SIMD3(0, 0, 3), origin: SIMD3(-56, -60, -50)))
    guard let toBrain = try? position.inverse() else { preconditionFailure("a rigid map") }
    var random = SeededGenerator(seed: seed)
    var scan = Volume(geometry: grid, repeating: 0), map = scan
    var brain = Mask(geometry: grid, repeating: 0), tissues = brain,
      labels = Labels(geometry: grid, repeating: 0)
    for index in scan.voxels.indices {
      let place = toBrain.apply(grid.world(ofVoxel: SIMD3<Double>(scan.voxel(at: index))))
      let noise = 0.05 * random.normal()
      let scaled = place / SIMD3(46, 50, 40)
      guard (scaled * scaled).sum() < 1 else { continue }
      var value: Float = 1 + noise
      for (number, region) in regions.enumerated() where (place - region.centre).length < region.radius {
        value += region.gain
        map.voxels[index] = region.score
        if region.isInMask { labels.voxels[index] = Int32(number + 1) }
      }
      scan.voxels[index] = scale * value * exp(shading * Float(place.x / 50))
      brain.voxels[index] = 1
      tissues.voxels[index] = 2
    }
    return Visit(scan: scan, brain: brain, map: map, labels: labels, tissues: tissues)
  }
}

@Suite struct VisitComparisonTests {
  private static let places = [
    SIMD3(-25.0, 10, 5), SIMD3(20.0, -20, 0), SIMD3(22.0, 22, 8), SIMD3(-20.0, -25, -8), SIMD3(0.0, 5, 20),
    SIMD3(0.0, 30, -5),
  ]
  private static let turn = Affine.placed(turn: SIMD3(0.05, -0.04, 0.07), shift: SIMD3(3, -2, 4))

  private static let baseline = TestVisit(regions: [
    .init(centre: places[0], radius: 7), .init(centre: places[1], radius: 6),
    .init(centre: places[2], radius: 7),
    .init(centre: places[3], radius: 9),
    .init(centre: places[5], radius: 5, gain: 0.4, score: 19, isInMask: false),
  ])
  private static var followUp: TestVisit {
    TestVisit(
      regions: [
        .init(centre: places[0], radius: 7), .init(centre: places[4], radius: 6),
        .init(centre: places[2], radius: 10),
        .init(centre: places[3], radius: 6), .init(centre: places[5], radius: 5, gain: 0.4, score: 21),
      ], position: turn, scale: 90, shading: 0.1, seed: 2)
  }

  private static func compared(_ a: TestVisit, _ b: TestVisit, _ toFollowUp: Affine) throws -> VisitComparison
  {
    try #require(try VisitComparison(a.visit, b.visit, in: HalfwaySpace(toFollowUp: toFollowUp)))
  }

  /// The kind of the region that is nearest to a place of the brain at the baseline.
  private static func kinds(_ comparison: VisitComparison, _ half: Affine) -> [ChangedRegion.Kind?] {
    places.map { place in
      let centre = half.apply(place)
      return comparison.regions.filter { ($0.centroid - centre).length < 6 }.map(\.kind).first
    }
  }

  @Test func everyKindIsFoundAlthoughScaleAndShadingDiffer() throws {
    let comparison = try Self.compared(Self.baseline, Self.followUp, Self.turn)
    let kinds = Self.kinds(comparison, try Self.turn.squareRoot())
    #expect(kinds == [.stable, .resolved, .enlarged, .shrunk, .new, .unsure])
    #expect(comparison.regions.count == 6)
    #expect(abs(comparison.whiteMatter.baseline - 300) < 6 && abs(comparison.whiteMatter.followUp - 90) < 2)
    // The shading is 0.07 on both sides; matched white matter is 1 there to within a third of it.
    for x in [-35.0, 35] {
      let sides = [comparison.baseline, comparison.followUp].map { scan -> Float in
        let values = scan.voxels.indices.filter {
          scan.voxels[$0] > 0
            && abs(scan.geometry.world(ofVoxel: SIMD3<Double>(scan.voxel(at: $0))).x - x) < 5
        }.map { scan.voxels[$0] }
        return RobustStatistics.medianAndDeviation(of: values).median
      }
      #expect(abs(sides[0] - sides[1]) < 0.07 / 3, "\(x): \(sides)")
    }
  }

  @Test func exchangedVisitsGiveTheMirroredResult() throws {
    let there = try Self.compared(Self.baseline, Self.followUp, Self.turn)
    let back = try Self.compared(Self.followUp, Self.baseline, Self.turn.inverse())
    #expect(there.labels.geometry == back.labels.geometry && there.labels.voxels == back.labels.voxels)
    #expect(there.regions.map(\.kind) == back.regions.map(\.kind.mirrored))
    for (a, b) in zip(there.regions, back.regions) {
      #expect(a.baselineVolume == b.followUpVolume && a.followUpVolume == b.baselineVolume)
      #expect(a.baselineRegions == b.followUpRegions && a.changedVolume == b.changedVolume)
      #expect(abs(a.meanChange + b.meanChange) < 1e-3)
      #expect(abs((a.confidence ?? 0) - (b.confidence ?? 0)) < 2e-3)
    }
    #expect(zip(there.change.voxels, back.change.voxels).allSatisfy { abs($0 + $1) < 1e-2 })
  }

  @Test func volumesAndLabelsAreOnTheGridsOfTheVisits() throws {
    let comparison = try Self.compared(Self.baseline, Self.followUp, Self.turn)
    let (a, b) = (Self.baseline.visit, Self.followUp.visit)
    #expect(comparison.baselineLabels.geometry == a.scan.geometry)
    #expect(comparison.followUpLabels.geometry == b.scan.geometry)
    let voxel = a.scan.geometry.voxelVolume
    for region in comparison.regions {
      let own = a.labels.voxels.count { region.baselineRegions.contains(Int($0)) && $0 != 0 }
      #expect(abs(region.baselineVolume - Double(own) * voxel) < 1e-9)
    }
    // The new region has a place on the baseline's grid too.
    let new = try #require(comparison.regions.first { $0.kind == .new })
    let there = comparison.baselineLabels.voxels.count { Int($0) == new.id }
    #expect(abs(Double(there) * voxel - new.followUpVolume) < 0.3 * new.followUpVolume)
    let inMask = zip(comparison.baselineLabels.voxels, comparison.followUpMaskAtBaseline.voxels)
      .count { Int($0) == new.id && $1 != 0 }
    #expect(inMask == there)
  }

  @Test func noiseAloneChangesNothing() throws {
    var again = Self.baseline
    (again.seed, again.scale) = (3, 500)
    let comparison = try Self.compared(Self.baseline, again, .identity)
    #expect(comparison.regions.map(\.kind) == [.stable, .stable, .stable, .stable])
    #expect(comparison.regions.allSatisfy { $0.confidence == nil && $0.changedVolume == 0 })
  }

  @Test func withoutCommonWhiteMatterThereIsNoComparison() throws {
    var far = Self.baseline
    far.position.origin = SIMD3(0, 0, 100)
    #expect(
      try VisitComparison(Self.baseline.visit, far.visit, in: HalfwaySpace(toFollowUp: .identity)) == nil)
  }
}

@Suite struct RandomPlacesTests {
  @Test func aShapeIsComparedWithItsEquals() {
    let grid = Geometry(shape: [40, 40, 40], affine: .identity)
    var random = SeededGenerator(seed: 5)
    let change = Volume(geometry: grid, voxels: (0..<grid.voxelCount).map { _ in random.normal() })
    let centres = (0..<grid.voxelCount).filter { index in
      let voxel = change.voxel(at: index)
      return (0..<3).allSatisfy { (5..<35).contains(voxel[$0]) }
    }
    let places = RandomPlaces(
      change, isStable: [Bool](repeating: true, count: grid.voxelCount), centres: centres)
    let shape = (0..<27).map { 20 + $0 % 3 + 40 * (20 + $0 / 3 % 3) + 1600 * (20 + $0 / 9) }
    // The mean of 27 independent values has a standard deviation of 0.19.
    #expect(abs(places.fractionBelow(0, shape: shape, sign: 1) - 0.5) < 0.05)
    #expect(abs(places.fractionBelow(0.3167, shape: shape, sign: 1) - 0.95) < 0.02)
    #expect(abs(places.fractionBelow(-0.3167, shape: shape, sign: -1) - 0.95) < 0.02)
    #expect(places.fractionBelow(5, shape: shape, sign: 1) == 2000.0 / 2001)
  }
}
