import Tensors
import Testing

@testable import Methods

/// The noise that the denoising autoencoder learns to remove.
@Suite struct CoarseNoiseTests {
  private let size = 32

  /// Slices of brain up to the grid's border.
  private func brains(_ count: Int = 64) throws -> Batch {
    let shape = [count, 1, size, size]
    return Batch(images: try .full(shape, 0.5), brain: try .ones(shape))
  }

  private func noise(
    _ batch: Batch, coarseness: Int, strength: Float = 0.2, sign: CoarseNoise.Sign = .both,
    from seed: UInt64 = 0
  ) throws -> Tensor {
    try CoarseNoise(coarseness: coarseness, strength: strength, sign: sign).sample(
      batch, seeds: (0..<UInt64(batch.count)).map { seed + $0 })
  }

  /// The columns in which the slope changes from pixel to pixel, the first column following the last.
  private func kinks(_ slice: Tensor) throws -> Set<Int> {
    let curvature = try slice.roll([1], dims: [1]) + slice.roll([-1], dims: [1]) - slice * 2
    return Set(try curvature.abs().max([0]).values().enumerated().filter { $0.element > 1e-3 }.map(\.offset))
  }

  @Test(arguments: [Float(0.1), 0.4])
  func strengthIsTheDeviationOfTheNodes(strength: Float) throws {
    let noise = try noise(brains(), coarseness: size, strength: strength)
    #expect(try abs(noise.variance().item().squareRoot() / strength - 1) < 0.02)
    #expect(try abs(noise.mean().item() / strength) < 0.02)
  }

  /// Two pixels for each node, and two where the last column meets the first.
  @Test(arguments: [4, 8])
  func coarsenessIsTheNumberOfNodesEachWay(coarseness: Int) throws {
    let noise = try noise(brains(4), coarseness: coarseness).squeeze(1)
    for index in 0..<4 {
      let slice = try noise.select(0, index)
      #expect(try kinks(slice).count == 2 * coarseness + 2)
      #expect(try kinks(slice.transpose(0, 1)).count == 2 * coarseness + 2)
    }
  }

  @Test func nodesMayLieAnywhere() throws {
    let noise = try noise(brains(), coarseness: 4).squeeze(1)
    let places = try (0..<64).map { try kinks(noise.select(0, $0)) }
    #expect(Set(places).count > size / 2)
    #expect(Set(places.joined()).count == size)
  }

  @Test func onlyTheBrainIsNoisy() throws {
    let batch = try MethodMatrixTests.batch(9)
    let values = try noise(batch, coarseness: 8).values(), brain = try batch.brain.values()
    #expect(zip(values, brain).allSatisfy { $0.0 == 0 || $0.1 == 1 })
    #expect(values.contains { $0 > 0.1 } && values.contains { $0 < -0.1 })
  }

  @Test func positiveNoiseLeavesOutWhatWouldDarken() throws {
    let both = try noise(brains(), coarseness: 8)
    #expect(try noise(brains(), coarseness: 8, sign: .positive).values() == both.relu().values())
    #expect(try (-both).max().item() > 0.2)
  }

  @Test func aSliceHasTheNoiseOfItsSeed() throws {
    let together = try noise(brains(3), coarseness: 8)
    let alone = try noise(brains(1), coarseness: 8, from: 2)
    #expect(try together.select(0, 2).values() == alone.values())
    #expect(try together.select(0, 1).values() != alone.values())
  }
}
