import _TestSupport
import Foundation
import Testing
import Volumes

@Suite struct GeometryTests {
  struct Expected: Decodable {
    let affine: Affine
    let permutation: [Int]
    let isFlipped: [Bool]
    let canonical: Affine
    let axisCodes: String
    let inverse: Affine
  }

  static func cases() throws -> [Expected] { try Goldens.json([Expected].self, "orientation.json") }

  @Test func orientationAgreesWithNibabel() throws {
    let cases = try Self.cases()
    #expect(cases.count == 40)
    for expected in cases {
      let geometry = Geometry(shape: [5, 4, 3], affine: expected.affine)
      let orientation = Orientation(of: geometry)
      #expect(orientation.permutation == expected.permutation)
      #expect(orientation.isFlipped == expected.isFlipped)
      #expect(geometry.axisCodes == expected.axisCodes)
      #expect(greatestDifference(orientation.apply(geometry).affine, expected.canonical) < 1e-9)
    }
  }

  @Test func inverseAgreesWithNumPy() throws {
    for expected in try Self.cases() {
      #expect(greatestDifference(try expected.affine.inverse(), expected.inverse) < 1e-9)
      let there = try expected.affine.inverse().composed(with: expected.affine)
      #expect(greatestDifference(there, .identity) < 1e-12)
    }
  }

  @Test func worldAndVoxelAreInverse() throws {
    for expected in try Self.cases() {
      let geometry = Geometry(shape: [5, 4, 3], affine: expected.affine)
      let voxel = SIMD3(1.5, -2, 0.25)
      let difference = try geometry.affine.inverse().apply(geometry.world(ofVoxel: voxel)) - voxel
      #expect(abs(difference.x) + abs(difference.y) + abs(difference.z) < 1e-9)
    }
  }

  @Test func measuresOfAnAnisotropicGrid() {
    let affine = Affine(i: SIMD3(0, -2, 0), j: SIMD3(3, 0, 0), k: SIMD3(0, 0, 0.5), origin: SIMD3(1, 2, 3))
    let geometry = Geometry(shape: [5, 4, 3], affine: affine)
    #expect(geometry.spacing == SIMD3(2, 3, 0.5))
    #expect(geometry.voxelVolume == 3)
    #expect(geometry.voxelCount == 60)
    #expect(geometry.axisCodes == "PRS")
    #expect(!geometry.isOblique)
    #expect(geometry.world(ofVoxel: SIMD3(1, 1, 2)) == SIMD3(4, 0, 4))
  }

  @Test(arguments: [(0.05, false), (0.2, true), (10, true)])
  func obliqueFromATenthOfADegree(degrees: Double, isOblique: Bool) {
    let angle = degrees * .pi / 180
    let affine = Affine(
      i: SIMD3(cos(angle), sin(angle), 0), j: SIMD3(-sin(angle), cos(angle), 0), k: SIMD3(0, 0, 3),
      origin: .zero)
    #expect(Geometry(shape: [2, 2, 2], affine: affine).isOblique == isOblique)
  }

  @Test func matchingLooksAtTheFarCorners() {
    let geometry = Geometry(shape: [101, 2, 2], affine: .identity)
    var stretched = Affine.identity
    stretched.i.x = 1.0001
    #expect(geometry.matches(Geometry(shape: [101, 2, 2], affine: stretched), tolerance: 0.011))
    #expect(!geometry.matches(Geometry(shape: [101, 2, 2], affine: stretched), tolerance: 0.009))
    #expect(!geometry.matches(Geometry(shape: [101, 2, 3], affine: .identity)))
    var thick = Affine.identity
    thick.k.z = 3
    let slice = Geometry(shape: [101, 2, 1], affine: .identity)
    #expect(!slice.matches(Geometry(shape: [101, 2, 1], affine: thick)), "one slice, another thickness")
  }

  @Test func singularAffineHasNoInverse() throws {
    var flat = Affine.identity
    flat.k = SIMD3(1, 1, 0)
    #expect(try kindOfError { _ = try flat.inverse() } == .badAffine(flat.rows))
    #expect(!flat.isInvertible)
  }

  @Test func codableIsReadableAndChecked() throws {
    let affine = Affine(
      x: SIMD4(-1, 0, 0, 90.5), y: SIMD4(0, 1, 0, -126), z: SIMD4(0, 0, 1, -72))
    let geometry = Geometry(shape: [4, 3, 2], affine: affine)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(geometry), as: UTF8.self)
    #expect(text == #"{"affine":[[-1,0,0,90.5],[0,1,0,-126],[0,0,1,-72]],"shape":[4,3,2]}"#)
    #expect(try JSONDecoder().decode(Geometry.self, from: Data(text.utf8)) == geometry)
    for shape in ["[4,3]", "[4,3,0]", "[4,3,-2]"] {
      let bad = text.replacingOccurrences(of: "[4,3,2]", with: shape)
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Geometry.self, from: Data(bad.utf8)) }
    }
  }
}

@Suite struct OrientationTests {
  static let all: [Orientation] = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ].flatMap { permutation in
    (0..<8).map { bits in
      Orientation(permutation: permutation, isFlipped: (0..<3).map { bits >> $0 & 1 == 1 })
    }
  }

  @Test func thereAreFortyEight() { #expect(Set(Self.all).count == 48) }

  @Test(arguments: all) func undoesItself(orientation: Orientation) {
    let volume = countingVolume()
    let turned = orientation.apply(volume)
    let back = orientation.inverse().apply(turned)
    #expect(back == volume)
    #expect(turned.voxels.sorted() == volume.voxels)
    #expect(orientation.inverse().inverse() == orientation)
  }

  @Test(arguments: all) func keepsEveryVoxelWhereItIs(orientation: Orientation) throws {
    let affine = Affine(
      i: SIMD3(-0.5, 0.1, 0), j: SIMD3(0, 2, 0.3), k: SIMD3(0.2, 0, 4), origin: SIMD3(1, -2, 3))
    let volume = countingVolume(affine: affine)
    let turned = orientation.apply(volume)
    for i in 0..<4 {
      for j in 0..<3 {
        for k in 0..<2 {
          let world = volume.geometry.world(ofVoxel: SIMD3(Double(i), Double(j), Double(k)))
          let voxel = try turned.geometry.affine.inverse().apply(world).rounded(.toNearestOrEven)
          #expect(turned[Int(voxel.x), Int(voxel.y), Int(voxel.z)] == volume[i, j, k])
        }
      }
    }
  }

  /// The canonical form of every layout of one image is that image.
  @Test(arguments: all) func isFoundFromTheAffine(orientation: Orientation) {
    let canonical = countingVolume()
    let turned = orientation.apply(canonical)
    #expect(Orientation(of: turned.geometry) == orientation.inverse())
    #expect(Orientation(of: turned.geometry).apply(turned) == canonical)
  }
}
