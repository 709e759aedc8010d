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
    return Visit(scan: scan, brain: brain, map: map, extent: 15, labels: labels, tissues: tissues)
  }
}

@Suite struct VisitComparisonTests {
  private static let places = [
    SIMD3(-25.0, 10, 5), SIMD3(20.0, -20, 0), SIMD3(22.0, 22, 8), SIMD3(-20.0, -25, -8), SIMD3(0.0, 5, 20),
    SIMD3(0.0, 30, -5), SIMD3(-20.0, 28, 15),
  ]
  private static let turn = Affine.placed(turn: SIMD3(0.05, -0.04, 0.07), shift: SIMD3(3, -2, 4))

  private static let baseline = TestVisit(regions: [
    .init(centre: places[0], radius: 7), .init(centre: places[1], radius: 6),
    .init(centre: places[2], radius: 7),
    .init(centre: places[3], radius: 9),
    .init(centre: places[5], radius: 5, gain: 0.4, score: 19, isInMask: false),
    .init(centre: places[6], radius: 5, gain: 0.4, score: 14, isInMask: false),
  ])
  private static var followUp: TestVisit {
    TestVisit(
      regions: [
        .init(centre: places[0], radius: 7), .init(centre: places[4], radius: 6),
        .init(centre: places[2], radius: 10),
        .init(centre: places[3], radius: 6), .init(centre: places[5], radius: 5, gain: 0.4, score: 21),
        .init(centre: places[6], radius: 5, gain: 0.4, score: 17),
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
    #expect(kinds == [.stable, .resolved, .enlarged, .shrunk, .new, .stable, .unsure])
    #expect(comparison.regions.count == 7)
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
    #expect(there.halfway.labels.geometry == back.halfway.labels.geometry)
    #expect(there.halfway.labels.voxels == back.halfway.labels.voxels)
    #expect(there.regions.map(\.kind) == back.regions.map(\.kind.mirrored))
    for (a, b) in zip(there.regions, back.regions) {
      #expect(a.baselineVolume == b.followUpVolume && a.followUpVolume == b.baselineVolume)
      #expect(a.baselineRegions == b.followUpRegions && a.changedVolume == b.changedVolume)
      #expect(a.baselineOwnVolume == b.followUpOwnVolume)
      #expect(abs(a.meanChange + b.meanChange) < 1e-3 && abs(a.excessChange + b.excessChange) < 1e-3)
      #expect(abs((a.confidence ?? 0) - (b.confidence ?? 0)) < 2e-3)
    }
    #expect(zip(there.change.voxels, back.change.voxels).allSatisfy { abs($0 + $1) < 1e-2 })
  }

  @Test func volumesAndLabelsAreOnTheGridsOfTheVisits() throws {
    let comparison = try Self.compared(Self.baseline, Self.followUp, Self.turn)
    let (a, b) = (Self.baseline.visit, Self.followUp.visit)
    #expect(comparison.atBaseline.labels.geometry == a.scan.geometry)
    #expect(comparison.atFollowUp.labels.geometry == b.scan.geometry)
    let voxel = a.scan.geometry.voxelVolume
    for region in comparison.regions {
      let own = a.labels.voxels.count { region.baselineRegions.contains(Int($0)) && $0 != 0 }
      #expect(abs(region.baselineOwnVolume - Double(own) * voxel) < 1e-9)
      let inMask = zip(comparison.halfway.labels.voxels, comparison.halfway.followUpMask.voxels)
        .count { Int($0) == region.id && $1 != 0 }
      // The half-way grid has voxels of 1 mm.
      #expect(Double(inMask) == region.followUpVolume)
    }
    // The new region has a place on the baseline's grid too.
    let new = try #require(comparison.regions.first { $0.kind == .new })
    let there = comparison.atBaseline.labels.voxels.count { Int($0) == new.id }
    #expect(abs(Double(there) * voxel - new.followUpVolume) < 0.3 * new.followUpVolume)
    let inMask = zip(comparison.atBaseline.labels.voxels, comparison.atBaseline.followUpMask.voxels)
      .count { Int($0) == new.id && $1 != 0 }
    #expect(inMask == there)
  }

  @Test func aRegionAtThePeakThresholdIsInBothMasks() throws {
    let comparison = try Self.compared(Self.baseline, Self.followUp, Self.turn)
    let centre = try Self.turn.squareRoot().apply(Self.places[5])
    let region = try #require(comparison.regions.first { ($0.centroid - centre).length < 6 })
    #expect(region.baselineRegions.isEmpty && region.baselineOwnVolume == 0)
    #expect(region.followUpRegions.count == 1 && region.followUpOwnVolume > 300)
    #expect(abs(region.baselineVolume - region.followUpVolume) < 0.1 * region.followUpVolume)
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

@Suite struct JointMasksTests {
  private static let grid = Geometry(shape: [30, 5, 5], affine: .identity)

  /// A visit whose map has these values from these x on, in blocks of three voxels; those above 20 are in its mask.
  private static func visit(_ blocks: [Int: Float], brainTo end: Int = 30) -> Visit {
    var map = Volume(geometry: grid, repeating: 0)
    for index in map.voxels.indices {
      let voxel = map.voxel(at: index)
      guard voxel.y == 2, voxel.z == 2 else { continue }
      map.voxels[index] = blocks.first { ($0.key..<$0.key + 3).contains(voxel.x) }?.value ?? 0
    }
    let brain = Mask(geometry: grid, voxels: map.voxels.indices.map { map.voxel(at: $0).x < end ? 1 : 0 })
    return Visit(
      scan: map, brain: brain, map: map, extent: 15, labels: map.map { $0 > 20 ? 1 : 0 },
      tissues: brain.map { _ in 2 })
  }

  @Test func onePeakIsEnoughForBothVisits() {
    let masks = JointMasks(
      Self.visit([2: 19, 8: 19, 14: 25, 20: 14, 26: 25], brainTo: 28),
      Self.visit([2: 21, 8: 18, 14: 12, 20: 25, 26: 25]))
    func at(_ mask: Mask) -> [Int] {
      mask.voxels.indices.filter { mask.voxels[$0] != 0 }.map { mask.voxel(at: $0).x }
    }
    // 8: above the extent twice, but in neither mask. 28: no brain at the baseline.
    #expect(at(masks.baseline) == [2, 3, 4, 14, 15, 16, 26, 27])
    #expect(at(masks.followUp) == [2, 3, 4, 20, 21, 22, 26, 27])
    #expect(Set(masks.regions.voxels) == [0, 1, 2, 3, 4])
  }
}

@Suite struct ExcessSignalTests {
  private static let grid = Geometry(shape: [90, 24, 24], affine: .identity)
  private static let radius = 5.0

  /// Balls that are brighter than white matter by `gain`, each voxel by the part of it that is inside; the growth
  /// of one of them is less than a voxel.
  private static func scan(_ gain: Float, radii: [Double]) -> Volume {
    var scan = Volume(geometry: grid, repeating: 1)
    for index in scan.voxels.indices {
      let place = SIMD3<Double>(scan.voxel(at: index))
      for (number, radius) in radii.enumerated() {
        let distance = (place - SIMD3(8 + 14.8 * Double(number), 11.6, 12.1)).length
        scan.voxels[index] += gain * Float(min(max(radius - distance + 0.5, 0), 1))
      }
    }
    return scan
  }

  @Test func growthByLessThanAVoxelIsMeasuredOnAnotherScanner() throws {
    let radii = [Double](repeating: Self.radius, count: 6)
    var grown = radii
    grown[2] *= pow(1.5, 1 / 3)
    let baseline = Self.scan(0.5, radii: radii), followUp = Self.scan(0.6, radii: grown)
    let regions = baseline.map { $0 > 1.25 ? UInt8(1) : 0 }.components().labels
    let parts = (1...6).map { label in regions.voxels.indices.filter { Int(regions.voxels[$0]) == label } }
    let changes = ExcessSignal(baseline, followUp, around: regions)
      .changes(of: parts, isInBoth: parts.map { _ in true })
    // Sums of 1 and 1.2 * 1.5; all other regions changed by a factor of 1.2.
    let expected = 2 * 0.8 / 2.8 - 2 * 0.2 / 2.2
    for (number, change) in changes.enumerated() {
      #expect(abs(change - (number == 2 ? expected : 0)) < 0.02, "\(number): \(change)")
    }
    // With fewer regions their median is not the scanners'.
    let few = ExcessSignal(baseline, followUp, around: regions)
      .changes(of: Array(parts[0..<2]), isInBoth: [true, true])
    #expect(few.allSatisfy { abs($0 - 2 * 0.2 / 2.2) < 0.02 })
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
