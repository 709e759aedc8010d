import _TestSupport
import Testing
import Volumes

@Suite struct ResampleTests {
  struct Expected: Decodable {
    let sourceShape: [Int]
    let sourceAffine: Affine
    let source: [Float]
    let targetShape: [Int]
    let targetAffine: Affine
    let linear: [Float]
    let nearest: [Float]
  }

  @Test func obliqueGridAgreesWithSciPy() throws {
    let expected = try Goldens.json(Expected.self, "resample.json")
    let volume = Volume(
      geometry: Geometry(shape: expected.sourceShape, affine: expected.sourceAffine), voxels: expected.source)
    let target = Geometry(shape: expected.targetShape, affine: expected.targetAffine)
    let linear = try Resample.linear(volume, to: target)
    let nearest = try Resample.nearest(volume, to: target)
    #expect(linear.geometry == target)
    #expect(zip(linear.voxels, expected.linear).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(nearest.voxels == expected.nearest)
    let outside = expected.linear.count { $0 == 0 }
    #expect((300..<690).contains(outside), "both sides of the border are in the table of 990 values")
  }

  @Test func sameGridIsUnchanged() throws {
    let volume = countingVolume()
    #expect(try Resample.linear(volume, to: volume.geometry) == volume)
    #expect(try Resample.nearest(volume, to: volume.geometry) == volume)
  }

  /// Grids that cover the same space with voxels `factor` times smaller.
  @Test(arguments: [2, 3, 4]) func labelsSurviveARoundTripOverAFinerGrid(factor: Int) throws {
    let coarse = Labels(
      geometry: Geometry(
        shape: [4, 3, 2],
        affine: Affine(
          i: SIMD3(-1.1, 0, 0), j: SIMD3(0, 0.7, 0.2), k: SIMD3(0, -0.3, 2.9), origin: SIMD3(9, -8, 7))),
      voxels: (0..<24).map { $0 % 7 })
    let size = 1 / Double(factor)
    let affine = coarse.geometry.affine
    let corner = SIMD3(repeating: (size - 1) / 2)
    let fine = Geometry(
      shape: coarse.shape.map { $0 * factor },
      affine: Affine(
        i: affine.i * size, j: affine.j * size, k: affine.k * size, origin: affine.apply(corner)))
    let there = try Resample.nearest(coarse, to: fine)
    #expect(there[0, 0, 0] == coarse[0, 0, 0])
    #expect(there[4 * factor - 1, 3 * factor - 1, 2 * factor - 1] == coarse[3, 2, 1])
    #expect(there.voxels.count { $0 == 6 } == coarse.voxels.count { $0 == 6 } * factor * factor * factor)
    #expect(try Resample.nearest(there, to: coarse.geometry) == coarse)
  }

  @Test func singleSliceInterpolatesInItsPlane() throws {
    let slice = Volume(geometry: Geometry(shape: [2, 2, 1], affine: .identity), voxels: [0, 2, 4, 6])
    let centre = Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(0.5, 0.5, 0))
    #expect(try Resample.linear(slice, to: Geometry(shape: [1, 1, 1], affine: centre)).voxels == [3])
  }

  @Test func outsideIsZero() throws {
    let volume = Volume(geometry: Geometry(shape: [2, 2, 2], affine: .identity), repeating: 5)
    let shifted = Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(-1, 0, 0))
    let target = Geometry(shape: [4, 1, 1], affine: shifted)
    #expect(try Resample.linear(volume, to: target).voxels == [0, 5, 5, 0])
    #expect(try Resample.nearest(volume, to: target).voxels == [0, 5, 5, 0])
  }

  @Test func singularSourceIsRefused() throws {
    var flat = Affine.identity
    flat.k = .zero
    let volume = countingVolume(affine: flat)
    let target = Geometry(shape: [1, 1, 1], affine: .identity)
    #expect(try kindOfError { _ = try Resample.linear(volume, to: target) } == .badAffine(flat.rows))
  }
}
