import Foundation
import Tensors
import Testing
import Volumes

import StrictSettings
@testable import Methods
@testable import Norma

/// A method whose score is the input and, given a generator, noise of sd 0.1.
final class DrawingMethod: Method {
  struct ModelSettings: Settings {}

  static let name = "test-drawing"
  static let summary = "draws noise"

  init(settings: ModelSettings, context: MethodContext) throws {}

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses { Losses(total: 0) }
  func validationLosses(_ batch: Batch) throws -> Losses? { nil }

  /// Two above the input, so that no draw makes it negative.
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    var map = try batch.images + 2
    if let generator { map = try map + Tensor.randn(map.shape, generator: generator) * 0.1 }
    return AnomalyScore(map: try map * batch.brain, reconstruction: batch.images)
  }

  let state: [String: Tensor] = [:]
  func load(state: [String: Tensor]) throws {}
}

@Suite struct ScorerTests {
  private static let size = 16

  /// Forty slices: more than are scored at once.
  private func scan(_ person: UInt64) throws -> GriddedScan {
    let geometry = Geometry(shape: [26, 32, 40], affine: TestScan.geometry.affine)
    var recipe = Recipe()
    (recipe.gridSize, recipe.gridSpacing) = (Self.size, 12)
    return try ModelGrid(recipe: recipe).place(TestScan.make(person, geometry: geometry).image, name: "scan")
  }

  private func settings(_ change: (inout ScoringSettings) -> Void = { _ in }) -> ScoringSettings {
    var settings = ScoringSettings()
    (settings.median, settings.erosion) = (1, 0)
    change(&settings)
    return settings
  }

  private func scorer(
    _ method: String, _ settings: ScoringSettings, statistics: ScoreStatistics? = nil
  ) throws -> Scorer {
    let context = MethodContext(imageSize: Self.size)
    let method: any Method =
      method == "drawing"
      ? try DrawingMethod(settings: DrawingMethod.ModelSettings(), context: context)
      : try MethodRegistry.entry(method).make(model: .map([:]), context: context)
    return Scorer(method: method, settings: settings, statistics: statistics, device: .cpu)
  }

  private func map(_ scorer: Scorer, _ scan: GriddedScan) throws -> Tensor {
    try scorer.chain.map(of: scorer.score(scan, size: Self.size))
  }

  private func uncertainty(_ scorer: Scorer, _ scan: GriddedScan) throws -> Tensor? {
    try scorer.chain.uncertainty(of: scorer.score(scan, size: Self.size))
  }

  @Test func samplesAreAveragedAndTheirDeviationIsKnown() throws {
    let scan = try scan(1)
    let plain = try scorer("drawing", settings())
    #expect(try uncertainty(plain, scan) == nil)
    let statistics = ScoreStatistics(deviation: try .full([Self.size, Self.size], 0.5))
    let sampled = try scorer("drawing", settings { $0.samples = 64 }, statistics: statistics)
    // Noise of 0.1, the mean of 64, over a deviation of 0.5: five sd over all pixels.
    let expected = try map(plain, scan).values().map { $0 * 2 }, map = try map(sampled, scan)
    #expect(distance(try map.values(), expected) < 5 * 0.1 / 8 * 2)
    let uncertainty = try #require(try uncertainty(sampled, scan))
    #expect(uncertainty.shape == map.shape)
    let variance = try uncertainty.square().values()
    let inside = zip(variance, scan.brain).filter { $1 > 0 }.map(\.0)
    let outside = zip(variance, scan.brain).filter { $1 == 0 }.map(\.0)
    // (0.1 / 0.5)²
    #expect(abs(inside.reduce(0, +) / Float(inside.count) - 0.04) < 0.001)
    #expect(outside.allSatisfy { $0 == 0 })
    let scored = try sampled.score(scan, size: Self.size)
    #expect(scored.score.reconstruction?.shape == scored.score.map.shape)
  }

  /// The method's own map is not the residual of its reconstruction.
  @Test func onlyAnotherResidualIsComputedFromTheReconstruction() throws {
    let scan = try scan(7), sampled = try scorer("drawing", settings { $0.samples = 4 })
    let scored = try sampled.score(scan, size: Self.size)
    var chain = sampled.chain
    #expect(try chain.map(of: scored).values() == scored.score.map.values())
    chain = ScoringChain(settings: settings { $0.residual = .absolute })
    #expect(try chain.map(of: scored).values().allSatisfy { $0 == 0 })
  }

  @Test func samplesAreTheSameOnEveryRunAndDifferBetweenScans() throws {
    let scorer = try scorer("drawing", settings { $0.samples = 1 })
    let first = try scan(1), second = try scan(2)
    let noise = try [first, second, first].map { scan in
      try zip(map(scorer, scan).values(), zip(scan.images, scan.brain)).map {
        score, pixel in
        score - (pixel.0 + 2) * pixel.1
      }
    }
    #expect(noise[0] == noise[2])
    #expect(distance(noise[0], noise[1]) > 0.05)
    // Two batches of one scan.
    #expect(
      Array(noise[0].prefix(8 * Self.size * Self.size)) != Array(noise[0].suffix(8 * Self.size * Self.size)))
    #expect(try uncertainty(scorer, first) == nil)
  }

  @Test func samplesOfADeterministicMethodDoNotDiffer() throws {
    let scan = try scan(3)
    let sampled = try scorer("brightness", settings { $0.samples = 4 })
    let map = try map(sampled, scan).values()
    #expect(try map == self.map(scorer("brightness", settings()), scan).values())
    #expect(try #require(try uncertainty(sampled, scan)).values().allSatisfy { $0 == 0 })
    #expect(try #require(map.max()) > 0)
  }

  @Test func theMapIsZeroWhereTheInputIsNotBright() throws {
    let scan = try scan(4)
    let plain = try map(scorer("drawing", settings { $0.median = 3 }), scan).values()
    let prior = settings {
      $0.median = 3
      $0.intensityPrior = 0.5
    }
    let map = try map(scorer("drawing", prior), scan).values()
    #expect(zip(map, zip(plain, scan.images)).allSatisfy { $0 == ($1.1 > 0.5 ? $1.0 : 0) })
    #expect(zip(map, plain).contains { $0 == 0 && $1 > 0 } && map.contains { $0 > 0 })
  }

  @Test func theMedianSpansAllSlices() throws {
    let scan = try scan(5)
    let raw = try map(scorer("brightness", settings()), scan).values()
    let median = settings {
      $0.median = 3
      $0.medianDepth = 3
    }
    let filtered = try map(scorer("brightness", median), scan).values()
    #expect(filtered == MedianFilter(size: 3, depth: 3).filter(raw, height: Self.size, width: Self.size))
    #expect(filtered != MedianFilter(size: 3).filter(raw, height: Self.size, width: Self.size))
  }

  @Test(arguments: ["brightness", "normative"])
  func aMirroredScanHasAMirroredMap(name: String) throws {
    let scan = try scan(6)
    let scorer = try scorer(
      name,
      settings {
        $0.median = 3
        $0.medianDepth = 3
      })
    if name == "normative" {
      for person: UInt64 in 10..<14 {
        let other = try self.scan(person)
        for scan in [other, other.mirrored(size: Self.size)] {
          let shape = [40, 1, Self.size, Self.size]
          let batch = Batch(
            images: try Tensor(scan.images, shape: shape), brain: try Tensor(scan.brain, shape: shape))
          _ = try scorer.method.step(
            batch, StepContext(learningRate: 0, generator: Generator(seed: 0)))
        }
      }
    }
    let map = try map(scorer, scan), mirrored = try self.map(scorer, scan.mirrored(size: Self.size))
    // Float moments of a small variance: the normative map is symmetric to about a thousandth.
    let scale = try map.max().item()
    #expect(distance(try mirrored.flip([2]).values(), try map.values()) < 1e-3 * scale)
    #expect(distance(try mirrored.values(), try map.values()) > 0.1)
  }
}

extension GriddedScan {
  /// The same with every slice flipped left to right.
  fileprivate func mirrored(size: Int) -> GriddedScan {
    func flipped(_ values: [Float]) -> [Float] {
      values.indices.map { values[$0 + size - 1 - 2 * ($0 % size)] }
    }
    return GriddedScan(
      slices: slices, z: z, images: flipped(images), brain: flipped(brain), notes: notes,
      adjacentDistance: adjacentDistance, placement: placement, orientation: orientation,
      wholeBrain: wholeBrain, scoredBrain: scoredBrain, native: native)
  }
}
