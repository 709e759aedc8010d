import Testing

import Base
@testable import Norma

@Suite struct LatticeTests {
  let lattice = Lattice(
    shape: SIMD3(3, 2, 2), origin: Point(10, 20, 30), spacing: 2,
    values: (0..<12).map { i in SIMD4(Float(i % 3), Float(i / 3 % 2), Float(i / 6), 1) })

  @Test(arguments: [
    (Point(10, 20, 30), SIMD4<Float>(0, 0, 0, 1)), (Point(11, 20, 30), SIMD4(0.5, 0, 0, 1)),
    (Point(13, 21.5, 30.5), SIMD4(1.5, 0.75, 0.25, 1)), (Point(14, 22, 32), SIMD4(2, 1, 1, 1)),
    (Point(-50, 99, 31), SIMD4(0, 1, 0.5, 1)),
  ])
  func readsBetweenNodesAndClampsAtTheBorder(point: Point, expected: SIMD4<Float>) {
    #expect(lattice.value(point) == expected)
  }

  @Test func smoothNoiseIsStandardizedAndSmooth() {
    let empty = Lattice(
      shape: SIMD3(12, 12, 12), origin: .zero, spacing: 1, values: Array(repeating: .zero, count: 1728))
    var random = SeededGenerator(seed: 3)
    let noise = empty.smoothNoise(radius: 2, random: &random).map(\.x)
    let mean = noise.reduce(0, +) / 1728
    let variance = noise.reduce(0) { $0 + $1 * $1 } / 1728
    let steps = zip(noise, noise.dropFirst()).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / 1727
    #expect(abs(mean) < 1e-3)
    #expect(abs(variance - 1) < 1e-2)
    #expect(steps < 0.5)
  }
}
