import Testing
import Volumes

@Suite struct AxisResamplingTests {
  private func geometry(_ count: Int, step: Double, first: Double = 0) -> Geometry {
    Geometry(
      shape: [count, 1, 1],
      affine: Affine(i: SIMD3(step, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(first, 0, 0)))
  }

  @Test func coarserVoxelsAreWeightedMeans() throws {
    let source = Volume(geometry: geometry(6, step: 1), voxels: [0, 0, 4, 0, 0, 8])
    // Weights 1/4, 1/2, 1/4 about samples 1, 3 and 5; the last voxel extends beyond the border.
    let coarse = try Resample.alongAxes(source, to: geometry(3, step: 2, first: 1))
    #expect(coarse.voxels == [1, 1, 6])
  }

  @Test func finerVoxelsAreInterpolatedAndTheEdgeGoesOn() throws {
    let source = Volume(geometry: geometry(2, step: 2), voxels: [10, 20])
    let fine = try Resample.alongAxes(source, to: geometry(6, step: 1, first: -2))
    #expect(fine.voxels == [10, 10, 10, 15, 20, 20])
  }

  @Test func insideItIsTrilinearOnObliqueAxes() throws {
    let affine = Affine(
      i: SIMD3(1.6, 1.2, 0), j: SIMD3(-1.2, 1.6, 0), k: SIMD3(0, 0, -3), origin: SIMD3(5, -7, 30))
    let source = countingVolume(shape: [6, 5, 4], affine: affine).map {
      ($0 * 37).truncatingRemainder(dividingBy: 11)
    }
    var finer = affine
    (finer.i, finer.j, finer.k) = (affine.i / 2, affine.j / 1.5, affine.k / 3)
    finer.origin = affine.apply(SIMD3(0.25, 0.5, 0.1))
    let target = Geometry(shape: [9, 5, 8], affine: finer)
    let expected = try Resample.linear(source, to: target)
    let found = try Resample.alongAxes(source, to: target)
    #expect(zip(found.voxels, expected.voxels).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func axesAreIndependentAndConstantsStay() throws {
    let affine = Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 4), origin: .zero)
    let source = Volume(geometry: Geometry(shape: [40, 33, 9], affine: affine), repeating: 7)
    let grid = source.geometry.isotropic(spacing: 3, around: source.geometry.box)
    let coarse = try Resample.alongAxes(source, to: grid)
    #expect(coarse.voxels.allSatisfy { abs($0 - 7) < 1e-4 })
  }

  @Test func theIsotropicGridHoldsBoxAndMarginWithinTheScan() {
    let affine = Affine(i: SIMD3(0, 2, 0), j: SIMD3(-1, 0, 0), k: SIMD3(0, 0, 5), origin: SIMD3(1, 2, 3))
    let scan = Geometry(shape: [20, 30, 10], affine: affine)
    let grid = scan.isotropic(spacing: 3, around: [5..<11, 0..<30, 8..<10], margin: 6)
    // 12 + 12 mm; 30 mm, where the scan ends; 10 + 6 mm.
    #expect(grid.shape == [8, 10, 5] && grid.spacing == SIMD3(3, 3, 3))
    #expect(grid.axisCodes == scan.axisCodes)
    let middle = { (g: Geometry) in g.world(ofVoxel: SIMD3<Double>(SIMD3(g.shape) &- 1) / 2) }
    // The middle of the widened box: 16, 15 and 42 mm from the first faces.
    let expected = affine.apply(SIMD3(16.0 / 2 - 0.5, 15 - 0.5, 42.0 / 5 - 0.5))
    #expect((middle(grid) - expected).max() < 1e-9 && (expected - middle(grid)).max() < 1e-9)
  }
}
