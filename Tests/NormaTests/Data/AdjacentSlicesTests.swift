import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Base
@testable import StrictSettings
@testable import Methods
@testable import Cohort
@testable import Preprocessing
@testable import Norma

/// Its map is the slice below, and its reconstruction the slice above.
private final class NeighbourMethod: Method {
  struct ModelSettings: Settings {}

  static let name = "test-neighbour"
  static let summary = "shows the neighbours of a slice"

  init(settings: ModelSettings, context: MethodContext) throws {}

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses { Losses(total: 0) }
  func validationLosses(_ batch: Batch) throws -> Losses? { nil }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    let adjacent = try #require(batch.adjacent)
    return AnomalyScore(
      map: try adjacent.narrow(1, start: 0, length: 1),
      reconstruction: try adjacent.narrow(1, start: 1, length: 1))
  }

  let state: [String: Tensor] = [:]
  func load(state: [String: Tensor]) throws {}
}

/// The slices below and above a slice, from the scan to the batch.
@Suite struct AdjacentSlicesTests {
  @Test(
    arguments: [
      Row("slices of the model grid", ([-3, -1.5, 0, 1.5, 3], [0, 0, 0, 1, 2], [2, 3, 4, 4, 4])),
      Row("rounded slices", ([0, 0.7, 1.4, 2.1, 2.8, 3.5], [0, 0, 0, 0, 0, 1], [4, 5, 5, 5, 5, 5])),
      Row("5 mm", ([10, 15, 20], [0, 0, 1], [1, 2, 2])),
      Row("as thick as twice the distance", ([0, 6, 12], [0, 1, 2], [0, 1, 2])),
      Row("thicker", ([0, 7], [0, 1], [0, 1])), Row("a gap", ([0, 3, 12, 15], [0, 0, 2, 2], [1, 1, 3, 3])),
      Row("no position", ([nil], [0], [0])),
    ] as [Row<([Double?], [Int], [Int])>])
  func theNearestSlicesAreTheNeighbours(row: Row<([Double?], [Int], [Int])>) {
    let (z, below, above) = row.body
    #expect(z.adjacent(to: Array(z.indices), distance: 3) == [below, above])
    #expect(z.adjacent(to: Array(z.indices), distance: 0) == [])
  }

  @Test(arguments: ["-3", "60", "2", "3.1"])
  func theDistanceIsAMultipleOfTheSpacing(distance: String) throws {
    let problem = try problem {
      try Configuration(
        preset: "brightness", settings: ["recipe.sliceSpacing=1.5", "recipe.adjacentDistance=\(distance)"])
    }
    #expect(problem.kind == .usage && problem.location == "recipe.adjacentDistance")
    #expect(problem.advice.contains("multiple of recipe.sliceSpacing"))
  }

  /// A scan that is brighter the higher, on the grid of its own slices or of the template's.
  private func scan(isRegistered: Bool, distance: Double) throws -> GriddedScan {
    var volume = try RegisteredScanTests.scan(.identity)
    let area = volume.shape[0] * volume.shape[1]
    for index in volume.voxels.indices where volume.voxels[index] != 0 {
      volume.voxels[index] = 100 + Float(index / area)
    }
    var recipe = RegisteredScanTests.recipe
    (recipe.sliceSpacing, recipe.adjacentDistance) = (2, distance)
    return try ModelGrid(recipe: recipe).place(
      volume, toTemplate: isRegistered ? .identity : nil, name: "scan")
  }

  @Test(arguments: [true, false])
  func belowIsBelowAndAboveIsAbove(isRegistered: Bool) throws {
    // Own slices are 4 mm apart, those of the template 2 mm.
    let scan = try scan(isRegistered: isRegistered, distance: 6), count = scan.slices.count
    let step = isRegistered ? 3 : 1
    let batch = try scan.batch(0..<count, size: 64), adjacent = try #require(batch.adjacent)
    #expect(count > 20 && adjacent.shape == [count, 2, 64, 64])
    func plane(_ slice: Int) throws -> [Float] {
      let slice = min(max(slice, 0), count - 1)
      return try (batch.images.select(0, slice) * batch.brain.select(0, slice)).values()
    }
    func brightness(_ plane: [Float]) -> Float { plane.reduce(0, +) / Float(plane.count { $0 > 0 }) }
    for slice in 0..<count {
      let both = try adjacent.select(0, slice)
      let (below, above) = (try both.select(0, 0).values(), try both.select(0, 1).values())
      #expect(try below == plane(slice - step) && above == plane(slice + step), "\(slice)")
      // Far from the poles, where the rim counts little.
      if (count / 4..<3 * count / 4).contains(slice) {
        let own = brightness(try plane(slice))
        #expect(brightness(below) < own && own < brightness(above), "\(slice)")
      }
    }
    #expect(try self.scan(isRegistered: isRegistered, distance: 0).batch(0..<4, size: 64).adjacent == nil)
  }

  /// The scorer shows the neighbours of all slices, also where they are in another of its batches.
  @Test func theScorerShowsTheNeighbours() throws {
    let scan = try scan(isRegistered: true, distance: 4), count = scan.slices.count
    #expect(count > Scorer.batchSize)
    let method = try NeighbourMethod(
      settings: NeighbourMethod.ModelSettings(), context: MethodContext(imageSize: 64))
    let score = try Scorer(method: method, settings: ScoringSettings(), device: .cpu).score(scan, size: 64)
      .score
    let adjacent = try #require(try scan.batch(0..<count, size: 64).adjacent)
    let (below, above) = (
      try adjacent.narrow(1, start: 0, length: 1), try adjacent.narrow(1, start: 1, length: 1)
    )
    #expect(try score.map.values() == below.values())
    #expect(try #require(score.reconstruction).values() == above.values())
    #expect(score.tissues == nil)
  }

  /// The stored slices have the neighbours that the scan has, also those that are left out for their lesions.
  @Test func storedSlicesHaveTheirNeighbours() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 1, validation: 0, test: 1)
      let place = folder.appendingPathComponent("prepared")
      var recipe = TestScan.recipe
      let without = try SliceStore(folder: place, recipe: recipe).contents(of: cohort.manifest.cases)
      #expect(try without.batch(without.slices).adjacent == nil)
      recipe.adjacentDistance = 6
      let store = SliceStore(folder: place, recipe: recipe)
      let contents = try store.contents(of: cohort.manifest.cases)
      // Nothing is prepared again, and a run that was started before knows its data.
      #expect(contents.digest == without.digest)
      #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 4)
      let scan = try ModelGrid(recipe: recipe).place(cohort.manifest.cases[0])
      let expected = try #require(try scan.batch(0..<4, size: 32).adjacent)
      let slices = contents.slices.filter { $0.scan == 0 }
      let batch = try contents.batch(
        slices + slices, mirrored: [false, false, false, false, true, true, true, true])
      let adjacent = try #require(batch.adjacent)
      #expect(adjacent.shape == [8, 2, 32, 32])
      #expect(try adjacent.narrow(0, start: 0, length: 4).values() == expected.values())
      #expect(try adjacent.narrow(0, start: 4, length: 4).values() == expected.flip([3]).values())
      #expect(try adjacent.select(0, 1).select(0, 0).values() != adjacent.select(0, 1).select(0, 1).values())
      // A lesion-free slice next to one with a lesion.
      let patient = try ModelGrid(recipe: recipe).place(cohort.manifest.cases[1])
      let other = SliceStore.Slice(scan: 1, index: 0, showsLesion: false)
      let near = try #require(try contents.batch([other]).adjacent)
      #expect(try near.values() == #require(try patient.batch(0..<1, size: 32).adjacent).values())
    }
  }
}
