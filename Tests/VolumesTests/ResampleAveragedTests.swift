import Testing
import Volumes

@Suite struct ResampleAveragedTests {
  private func grid(_ shape: [Int], _ spacing: SIMD3<Double>, origin: SIMD3<Double>) -> Geometry {
    Geometry(
      shape: shape,
      affine: Affine(
        i: SIMD3(spacing.x, 0, 0), j: SIMD3(0, spacing.y, 0), k: SIMD3(0, 0, spacing.z), origin: origin))
  }

  /// A chessboard of 0 and 2 with voxels of 1 mm.
  private var board: Volume {
    let geometry = grid([24, 24, 12], SIMD3(1, 1, 1), origin: .zero)
    let voxels = (0..<geometry.voxelCount).map { index -> Float in
      let steps = index % 24 + index / 24 % 24 + index / 576
      return steps.isMultiple(of: 2) ? 0 : 2
    }
    return Volume(geometry: geometry, voxels: voxels)
  }

  @Test func detailFinerThanTheTargetIsAveraged() throws {
    let coarse = grid([6, 6, 3], SIMD3(3, 3, 3), origin: SIMD3(3, 3, 2))
    let averaged = try Resample.averaged(board, to: coarse)
    #expect(averaged.voxels.allSatisfy { abs($0 - 1) < 0.05 })
    // Linear interpolation alone gives extreme values.
    #expect(try Resample.linear(board, to: coarse).voxels.contains { abs($0 - 1) > 0.9 })
  }

  @Test func aTargetAsFineAsTheSourceIsInterpolatedLinearly() throws {
    let fine = grid([10, 10, 8], SIMD3(1.2, 0.9, 1), origin: SIMD3(2.3, 4.1, 1.5))
    #expect(try Resample.averaged(board, to: fine).voxels == Resample.linear(board, to: fine).voxels)
  }

  @Test func aRampStaysARamp() throws {
    let geometry = grid([40, 20, 10], SIMD3(0.5, 1, 2), origin: SIMD3(-3, 2, 1))
    let ramp = Volume(
      geometry: geometry, voxels: (0..<geometry.voxelCount).map { Float($0 % 40) * 0.5 - 3 })
    let target = grid([5, 8, 6], SIMD3(1.5, 1, 2), origin: SIMD3(2, 4, 3))
    let found = try Resample.averaged(ramp, to: target)
    for index in found.voxels.indices {
      #expect(abs(found.voxels[index] - Float(2 + Double(index % 5) * 1.5)) < 0.15)
    }
  }
}
