import Foundation
import Tensors
import Testing

@testable import Methods

@Suite struct VoxelwiseMomentsTests {
  private let bins = AxialBins(spacing: 3, smoothing: 3)

  private func batch(_ values: [Float]) throws -> Tensor {
    try .stack(values.map { try Tensor.ones([1, 2, 2]) * $0 })
  }

  private func filled(_ bins: AxialBins?, _ slices: [(value: Float, z: Double?)]) throws -> VoxelwiseMoments {
    var moments = try VoxelwiseMoments(size: 2, bins: bins, device: .cpu)
    let values = try batch(slices.map(\.value))
    try moments.add(values, weights: values.onesLike(), at: slices.map(\.z))
    return moments
  }

  private func normal(
    _ moments: VoxelwiseMoments, at z: Double?, shrinkage: Float = 0, minimumCount: Float = 0
  ) throws -> (mean: Float, deviation: Float, isKnown: Float) {
    let normal = try moments.normal(at: [z], shrinkage: shrinkage, minimumCount: minimumCount)
    return (try normal.mean.values()[0], try normal.deviation.values()[0], try normal.isKnown.values()[0])
  }

  /// 200 values about `mean` with a deviation of `deviation`, and those of double precision.
  private func values(
    mean: Double, deviation: Double
  ) -> (values: [Float], mean: Double, deviation: Double) {
    let values = (0..<200).map { Float(mean + deviation * 2.squareRoot() * sin(Double($0))) }
    let exact = values.map(Double.init), centre = exact.reduce(0, +) / 200
    return (values, centre, (exact.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / 200).squareRoot())
  }

  @Test func aSmallDeviationAboutALargeMeanIsNotLost() throws {
    let (values, mean, deviation) = values(mean: 1000, deviation: 0.01)
    for bins in [nil, bins] {
      var moments = try VoxelwiseMoments(size: 2, bins: bins, device: .cpu)
      for start in stride(from: 0, to: 200, by: 8) {
        let slices = try batch(Array(values[start..<start + 8]))
        try moments.add(slices, weights: slices.onesLike(), at: (0..<8).map { $0 % 2 == 0 ? 0 : 3 })
      }
      let found = try normal(moments, at: 1.5)
      #expect(abs(Double(found.mean) - mean) < 1e-3)
      #expect(abs(Double(found.deviation) - deviation) < 0.01 * deviation)
    }
  }

  @Test func batchesAreMergedPixelByPixel() throws {
    let (values, _, _) = values(mean: 3, deviation: 2)
    var moments = try VoxelwiseMoments(size: 2, device: .cpu)
    // Pixel p is seen in the slices whose number p + 1 divides, the last one never.
    func isSeen(_ slice: Int, _ pixel: Int) -> Bool { pixel < 3 && slice % (pixel + 1) == 0 }
    for slices in [0..<1, 1..<12, 12..<64, 64..<200] {
      try moments.add(
        batch(Array(values[slices])),
        weights: Tensor(
          slices.flatMap { slice in (0..<4).map { isSeen(slice, $0) ? 1 : 0 } },
          shape: [slices.count, 1, 2, 2]), at: slices.map { _ in nil })
    }
    let (count, mean, variance) = try moments.maps()
    for pixel in 0..<3 {
      let seen = values.indices.filter { isSeen($0, pixel) }.map { Double(values[$0]) }
      let centre = seen.reduce(0, +) / Double(seen.count)
      let expected = seen.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(seen.count)
      #expect(try Int(count.values()[pixel]) == seen.count)
      #expect(abs(Double(try mean.values()[pixel]) - centre) < 1e-5)
      #expect(abs(Double(try variance.values()[pixel]) - expected) < 1e-5)
    }
    #expect(try [count, mean, variance].allSatisfy { try $0.values()[3] == 0 })
  }

  @Test func binsLendTheirSlicesWithWeights() throws {
    let slices: [(value: Float, z: Double?)] = [
      (1, 0), (3, 0), (10, 3), (12, 6), (15, 6), (40, 9), (99, nil),
    ]
    let moments = try filled(bins, slices)
    for z in [0, 4, 7.5] {
      let weighted = slices.compactMap { slice in
        slice.z.map { (value: Double(slice.value), weight: exp(-($0 - z) * ($0 - z) / 18)) }
      }
      let total = weighted.reduce(0) { $0 + $1.weight }
      let mean = weighted.reduce(0) { $0 + $1.weight * $1.value } / total
      let variance = weighted.reduce(0) { $0 + $1.weight * ($1.value - mean) * ($1.value - mean) } / total
      let found = try normal(moments, at: z)
      #expect(abs(Double(found.mean) - mean) < 1e-4)
      #expect(abs(Double(found.deviation) - variance.squareRoot()) < 1e-4)
    }
  }

  @Test func binsAreKeptApartAndLendToTheirNeighbours() throws {
    let moments = try filled(bins, [(1, 0), (3, 0), (10, 60), (14, 60)])
    let low = try normal(moments, at: 0), high = try normal(moments, at: 60)
    #expect(abs(low.mean - 2) < 1e-4 && abs(low.deviation - 1) < 1e-3)
    #expect(abs(high.mean - 12) < 1e-4 && abs(high.deviation - 2) < 1e-3)
    // Halfway between near ones both count the same; far from all nothing is known.
    let near = try filled(bins, [(1, 0), (3, 12)])
    #expect(abs(try normal(near, at: 6).mean - 2) < 1e-3)
    #expect(try normal(moments, at: 30, minimumCount: 0.5).isKnown == 0)
  }

  @Test func withoutBinsAllSlicesCountTheSameWhereverTheyAre() throws {
    let moments = try filled(nil, [(1, 0), (3, nil), (10, 60), (14, 60)])
    for z in [nil, 0.0, 60] { #expect(abs(try normal(moments, at: z).mean - 7) < 1e-5) }
  }

  @Test func shrinkageDrawsAPixelTowardsItsSlice() throws {
    var moments = try VoxelwiseMoments(size: 2, device: .cpu)
    // Pixel 0: 4 and 6; pixel 1: 0 and 2, the others unseen.
    for (a, b) in [(4, 0), (6, 2)] as [(Float, Float)] {
      try moments.add(
        Tensor([a, b, 0, 0], shape: [1, 1, 2, 2]), weights: Tensor([1, 1, 0, 0], shape: [1, 1, 2, 2]),
        at: [nil])
    }
    let normal = try moments.normal(at: [nil], shrinkage: 2, minimumCount: 1)
    // The slice: mean 3, variance 5 about it; pixel 0: mean 5, variance 1.
    let (means, deviations) = (try normal.mean.values(), try normal.deviation.values())
    #expect(abs(means[0] - 4) < 1e-5 && abs(means[1] - 2) < 1e-5 && abs(means[2] - 3) < 1e-5)
    #expect(abs(deviations[0] - Float(3).squareRoot()) < 1e-5)
    #expect(abs(deviations[2] - Float(5).squareRoot()) < 1e-5)
    #expect(try normal.isKnown.values() == [1, 1, 0, 0])
  }

  @Test func theStateComesBack() throws {
    for bins in [bins, nil] {
      let moments = try filled(bins, [(1, 0), (3, 6)])
      var other = try VoxelwiseMoments(size: 2, bins: bins, device: .cpu)
      try other.load(state: moments.state)
      #expect(try normal(other, at: 2).mean == normal(moments, at: 2).mean)
      #expect(try moments.state["count"]?.shape == (bins.map { [$0.count, 2, 2] } ?? [2, 2]))
    }
    var wrong = try VoxelwiseMoments(size: 2, bins: bins, device: .cpu)
    #expect(throws: ParameterError.self) { try wrong.load(state: filled(nil, [(1, 0)]).state) }
  }
}
