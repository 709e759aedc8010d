import Tensors
import Testing

@testable import Methods
@testable import Preprocessing
@testable import Norma

@Suite struct AxialMomentsTests {
  private let levels = AxialBins(spacing: 3, smoothing: 3)

  private func batch(_ values: [Float]) throws -> Tensor {
    try .stack(values.map { try Tensor.ones([1, 2, 2]) * $0 })
  }

  private func filled(_ levels: AxialBins?, _ slices: [(value: Float, level: Double?)]) throws
    -> AxialMoments
  {
    var moments = try AxialMoments(size: 2, bins: levels, device: .cpu)
    let values = try batch(slices.map(\.value))
    try moments.add(values, weights: values.onesLike(), at: slices.map(\.level))
    return moments
  }

  private func normal(
    _ moments: AxialMoments, at level: Double?, shrinkage: Float = 0, minimumCount: Float = 0
  ) throws -> (mean: Float, deviation: Float, isKnown: Float) {
    let normal = try moments.normal(at: [level], shrinkage: shrinkage, minimumCount: minimumCount)
    return (try normal.mean.values()[0], try normal.deviation.values()[0], try normal.isKnown.values()[0])
  }

  @Test func levelsAreKeptApartAndLendToTheirNeighbours() throws {
    let moments = try filled(levels, [(1, 0), (3, 0), (10, 60), (14, 60)])
    let low = try normal(moments, at: 0), high = try normal(moments, at: 60)
    #expect(abs(low.mean - 2) < 1e-4 && abs(low.deviation - 1) < 1e-3)
    #expect(abs(high.mean - 12) < 1e-4 && abs(high.deviation - 2) < 1e-3)
    // Halfway between near ones both count the same; far from all nothing is known.
    let near = try filled(levels, [(1, 0), (3, 12)])
    #expect(abs(try normal(near, at: 6).mean - 2) < 1e-3)
    #expect(try normal(moments, at: 30, minimumCount: 0.5).isKnown == 0)
  }

  @Test func withoutLevelsAllSlicesCountTheSameWhereverTheyLie() throws {
    let moments = try filled(nil, [(1, 0), (3, nil), (10, 60), (14, 60)])
    for level in [nil, 0.0, 60] { #expect(abs(try normal(moments, at: level).mean - 7) < 1e-5) }
  }

  @Test func shrinkageDrawsAPixelTowardsItsLevel() throws {
    var moments = try AxialMoments(size: 2, bins: nil, device: .cpu)
    // Pixel 0: 4 and 6; pixel 1: 0 and 2, the others unseen.
    for (a, b) in [(4, 0), (6, 2)] as [(Float, Float)] {
      try moments.add(
        Tensor([a, b, 0, 0], shape: [1, 1, 2, 2]), weights: Tensor([1, 1, 0, 0], shape: [1, 1, 2, 2]),
        at: [nil])
    }
    let normal = try moments.normal(at: [nil], shrinkage: 2, minimumCount: 1)
    // Level: mean 3, variance 5 about it; pixel 0: mean 5, variance 1.
    let (means, deviations) = (try normal.mean.values(), try normal.deviation.values())
    #expect(abs(means[0] - 4) < 1e-5 && abs(means[1] - 2) < 1e-5 && abs(means[2] - 3) < 1e-5)
    #expect(abs(deviations[0] - Float(3).squareRoot()) < 1e-5)
    #expect(abs(deviations[2] - Float(5).squareRoot()) < 1e-5)
    #expect(try normal.isKnown.values() == [1, 1, 0, 0])
  }

  @Test func theStateComesBack() throws {
    for levels in [levels, nil] {
      let moments = try filled(levels, [(1, 0), (3, 6)])
      var other = try AxialMoments(size: 2, bins: levels, device: .cpu)
      try other.load(state: moments.state)
      #expect(try normal(other, at: 2).mean == normal(moments, at: 2).mean)
      #expect(try moments.state["count"]?.shape == (levels.map { [$0.count, 2, 2] } ?? [2, 2]))
    }
    var wrong = try AxialMoments(size: 2, bins: levels, device: .cpu)
    #expect(throws: ParameterError.self) { try wrong.load(state: filled(nil, [(1, 0)]).state) }
  }
}
