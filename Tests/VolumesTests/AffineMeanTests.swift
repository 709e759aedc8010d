import _TestSupport
import Foundation
import Testing
@testable import Volumes

/// `Goldens/halfway.json` is made by `Scripts/goldens/visits.py`.
@Suite struct AffineMeanTests {
  struct Expected: Decodable {
    struct Root: Decodable { let map, root: Affine }
    struct Mean: Decodable { let a, b, mean: Affine }

    let roots: [Root]
    let means: [Mean]
  }

  private static let expected = Result { try Goldens.json(Expected.self, "halfway.json") }

  @Test func theSquareRootIsThatOfSciPy() throws {
    let roots = try Self.expected.get().roots
    #expect(roots.count == 20)
    for expected in roots {
      let root = try expected.map.squareRoot()
      #expect(greatestDifference(root, expected.root) < 1e-9)
      #expect(greatestDifference(root.composed(with: root), expected.map) < 1e-9)
    }
  }

  @Test func theMeanIsThatOfSciPyAndDoesNotDependOnTheOrder() throws {
    for expected in try Self.expected.get().means {
      let mean = try expected.a.mean(with: expected.b)
      #expect(greatestDifference(mean, expected.mean) < 1e-9)
      #expect(greatestDifference(try expected.b.mean(with: expected.a), mean) < 1e-9)
      let ofInverses = try expected.a.inverse().mean(with: expected.b.inverse())
      #expect(greatestDifference(ofInverses, try mean.inverse()) < 1e-9)
    }
  }

  @Test func aMirrorImageHasNoSquareRoot() {
    let mirror = Affine(i: SIMD3(-1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: .zero)
    #expect(throws: VolumeError.self) { try mirror.squareRoot() }
  }

  @Test func theRigidPartMovesThePointAlike() {
    let affine = Affine(
      i: SIMD3(1.1, 0.2, 0), j: SIMD3(-0.1, 0.9, 0.3), k: SIMD3(0, -0.2, 1), origin: SIMD3(4, -5, 6))
    let point = SIMD3(10.0, 20, -30), rigid = affine.rigid(about: point)
    #expect((rigid.apply(point) - affine.apply(point)).length < 1e-12)
    #expect(abs(rigid.determinant - 1) < 1e-12 && abs(rigid.i.dot(rigid.j)) < 1e-12)
  }
}
