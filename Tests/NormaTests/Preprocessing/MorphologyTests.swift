import Testing
import Volumes

@testable import Preprocessing
@testable import Norma

@Suite struct MorphologyTests {
  private func mask(_ shape: [Int], _ isSet: (Int, Int, Int) -> Bool) -> Mask {
    var mask = Mask(geometry: Geometry(shape: shape, affine: .identity), repeating: 0)
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        for x in 0..<shape[0] where isSet(x, y, z) { mask[x, y, z] = 1 }
      }
    }
    return mask
  }

  @Test func theLargestComponentStays() {
    let two = mask([8, 4, 4]) { x, _, _ in x < 2 || x > 4 }
    #expect(two.largestComponent() == mask([8, 4, 4]) { x, _, _ in x > 4 })
    let none = mask([2, 2, 2]) { _, _, _ in false }
    #expect(none.largestComponent() == none)
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
