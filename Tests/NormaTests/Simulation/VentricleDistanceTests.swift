import Testing

@testable import Methods
@testable import Preprocessing
@testable import Norma

@Suite struct VentricleDistanceTests {
  @Test func onlyConnectedFluidCountsAndDistancesGrowInMillimetres() {
    let shape = SIMD3(9, 9, 9)
    func index(_ x: Int, _ y: Int, _ z: Int) -> Int { (z * 9 + y) * 9 + x }
    var fluid = [Bool](repeating: false, count: 729)
    for x in 3...4 { fluid[index(x, 4, 4)] = true }
    fluid[index(7, 4, 4)] = true
    let distance = VentricleDistance(shape: shape, spacing: 2).distances(
      fluid: fluid, seeds: [SIMD3(3, 4, 4)], limit: 8)
    #expect(distance[index(3, 4, 4)] == 0)
    #expect(distance[index(4, 4, 4)] == 0)
    #expect(distance[index(5, 4, 4)] == 2)
    #expect(distance[index(7, 4, 4)] == 6)
    #expect(distance[index(4, 5, 5)] == 8 / 3 as Float)
    #expect(distance[index(4, 4, 0)] == 8)
  }
}
