import Testing

@testable import Volumes

@Suite struct MorphologyTests {
  private func mask(_ shape: [Int], spacing: Double = 1, _ isSet: (Int, Int, Int) -> Bool) -> Mask {
    let affine = Affine(
      i: SIMD3(spacing, 0, 0), j: SIMD3(0, spacing, 0), k: SIMD3(0, 0, spacing), origin: .zero)
    var mask = Mask(geometry: Geometry(shape: shape, affine: affine), repeating: 0)
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        for x in 0..<shape[0] where isSet(x, y, z) { mask[x, y, z] = 1 }
      }
    }
    return mask
  }

  @Test func theVoxelAtAnIndexIsTheOneThatIsStoredThere() {
    let shape = [4, 3, 2]
    var grid = Labels(geometry: Geometry(shape: shape, affine: .identity), repeating: 0)
    for index in grid.voxels.indices { grid.voxels[index] = Int32(index) }
    for index in grid.voxels.indices {
      let voxel = grid.voxel(at: index)
      #expect(grid[voxel.x, voxel.y, voxel.z] == index)
    }
    #expect(Array(grid.slice(1)) == Array(12..<24))
  }

  @Test func theLargestComponentStays() {
    let two = mask([8, 4, 4]) { x, _, _ in x < 2 || x > 4 }
    #expect(two.largestComponent() == mask([8, 4, 4]) { x, _, _ in x > 4 })
    // Of equal ones the first.
    #expect(
      mask([5, 1, 1]) { x, _, _ in x != 2 }.largestComponent() == mask([5, 1, 1]) { x, _, _ in x < 2 })
    let none = mask([2, 2, 2]) { _, _, _ in false }
    #expect(none.largestComponent() == none)
  }

  @Test func smallComponentsAreDroppedAndTheOthersNumbered() {
    // 1, 3, 2 and 3 voxels of 8 mm³.
    let four = mask([12, 1, 1], spacing: 2) { x, _, _ in ![1, 5, 8].contains(x) }
    let all = four.components()
    #expect(all.sizes == [1, 3, 2, 3] && all.mask == four)
    let kept = four.components(minimumVolume: 16)
    #expect(kept.labels.voxels == [0, 0, 1, 1, 1, 0, 2, 2, 0, 3, 3, 3] && kept.sizes == [3, 2, 3])
    #expect(kept.mask == mask([12, 1, 1], spacing: 2) { x, _, _ in ![0, 1, 5, 8].contains(x) })
    let ordered = four.components(minimumVolume: 16, largestFirst: true)
    #expect(ordered.labels.voxels == [0, 0, 1, 1, 1, 0, 3, 3, 0, 2, 2, 2] && ordered.sizes == [3, 3, 2])
    #expect(four.components(minimumVolume: 25).count == 0)
    #expect(
      kept.touched(by: mask([12, 1, 1], spacing: 2) { x, _, _ in x < 2 || x == 7 }) == [false, true, false])
  }

  @Test func holesAreFilledAndBaysAreNot() {
    // A shell with one voxel of hollow, and a bay that opens to the border.
    let shell = mask([6, 5, 5]) { x, y, z in
      (1...4).contains(x) && (1...3).contains(y) && (1...3).contains(z) && (x, y, z) != (2, 2, 2)
        && !(y == 2 && z == 2 && x >= 4)
    }
    var filled = shell
    filled[2, 2, 2] = 1
    #expect(shell.fillingHoles() == filled)
  }

  @Test func connectionsGoOverFacesAndNotAcrossTheBorder() {
    // Two voxels, a third at their edge, and one that is their neighbour in the file alone.
    let voxels = [[2, 0, 1], [3, 0, 1], [2, 1, 0], [0, 1, 1]]
    let spread = mask([4, 3, 3]) { x, y, z in voxels.contains([x, y, z]) }
    #expect(spread.connected(to: [14]) == mask([4, 3, 3]) { x, y, z in x >= 2 && y == 0 && z == 1 })
    // A seed outside the mask reaches nothing.
    #expect(spread.connected(to: [0]).count == 0)
  }

  @Test func chamferDistancesGrowInMillimetres() {
    let two = mask([9, 9, 9], spacing: 2) { x, y, z in (3...4).contains(x) && y == 4 && z == 4 }
    let distance = two.chamferDistance(limit: 8)
    #expect(distance[3, 4, 4] == 0 && distance[4, 4, 4] == 0)
    #expect(distance[5, 4, 4] == 2 && distance[7, 4, 4] == 6)
    #expect(distance[4, 5, 5] == 8 / 3 as Float && distance[5, 5, 5] == 10 / 3 as Float)
    #expect(distance[4, 4, 0] == 8 && distance[0, 4, 4] == 6)
    #expect(two.chamferDistance(limit: 5)[7, 4, 4] == 14 / 3 as Float)
  }

  @Test func theBoxHoldsTheMask() {
    let two = mask([8, 5, 4]) { x, y, z in (x, y, z) == (2, 4, 1) || (x, y, z) == (5, 1, 1) }
    #expect(two.box == [2..<6, 1..<5, 1..<2])
    #expect(mask([2, 2, 2]) { _, _, _ in false }.box == nil)
  }

  @Test func dilationIsACubeWithinTheGrid() {
    let point = mask([7, 5, 4]) { x, y, z in (x, y, z) == (1, 2, 3) }
    #expect(point.dilated(by: 2) == mask([7, 5, 4]) { x, _, z in x <= 3 && z >= 1 })
  }
}
