import _TestSupport
import Tensors
import Testing
import Volumes

@testable import Norma

@Suite struct ResamplingTests {
  /// A scan of square pixels whose middle is at the middle of the grid.
  private func scan(_ count: Int, spacing: Double) -> Geometry {
    let first = -Double(count - 1) / 2 * spacing
    return Geometry(
      shape: [count, count, 1],
      affine: Affine(
        i: SIMD3(spacing, 0, 0), j: SIMD3(0, spacing, 0), k: SIMD3(0, 0, 1),
        origin: SIMD3(first, first - 18, 0)))
  }

  private func placement(_ scan: Geometry, size: Int = 32, spacing: Double = 6, offset: SIMD3<Double> = .zero)
    throws
    -> SlicePlacement
  {
    var recipe = Recipe()
    (recipe.gridSize, recipe.gridSpacing) = (size, spacing)
    return try SlicePlacement(scan: scan, recipe: recipe, offset: offset)
  }

  private func ramp(_ count: Int) throws -> Tensor {
    try Tensor((0..<count * count).map { Float($0 % 97) }, shape: [1, count, count])
  }

  @Test func nothingChangesWhereTheGridsCoincide() throws {
    let placement = try placement(scan(32, spacing: 6))
    let image = try ramp(32)
    #expect(try placement.toGrid(image).values() == image.values())
    #expect(try placement.toScan(image).values() == image.values())
  }

  @Test(arguments: [1.0, 2.5, 4.1, 6.0, 7.3, 11.0])
  func aConstantImageStaysConstantInside(spacing: Double) throws {
    let count = Int(240 / spacing)
    let placement = try placement(scan(count, spacing: spacing))
    let image = try placement.toGrid(Tensor.ones([1, count, count])).values()
    // The outermost ring may reach beyond the scan.
    for y in 3..<29 {
      for x in 3..<29 { #expect(abs(image[y * 32 + x] - 1) < 1e-5) }
    }
    let back = try placement.toScan(Tensor.ones([1, 32, 32])).values()
    let middle = count / 2 * count + count / 2
    #expect(abs(back[middle] - 1) < 1e-5)
  }

  @Test func outsideTheScanIsZero() throws {
    let placement = try placement(scan(8, spacing: 6))
    let image = try placement.toGrid(Tensor.ones([1, 8, 8])).values()
    #expect(image.reduce(0, +) == 64)
    #expect(image[0] == 0 && image[12 * 32 + 12] == 1 && image[11 * 32 + 12] == 0)
  }

  @Test func aShiftOfOnePixelMovesTheImageByOne() throws {
    let still = try placement(scan(32, spacing: 6)).toGrid(ramp(32)).values()
    let moved = try placement(scan(32, spacing: 6), offset: SIMD3(6, -12, 0)).toGrid(ramp(32)).values()
    for y in 2..<28 {
      for x in 2..<28 { #expect(abs(moved[(y - 2) * 32 + x + 1] - still[y * 32 + x]) < 1e-4) }
    }
  }

  /// Half precision in the golden leaves 5e-4 of the value.
  @Test func downsamplingIsThatOfPILAndTorch() throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let image = try goldens.golden("resampling/in").reshape([1, 192, 192]).to(.float32)
    let placement = try placement(scan(192, spacing: 1), size: 128, spacing: 1.5)
    let expected = try goldens.golden("resampling/out").values()
    #expect(distance(try placement.toGrid(image).values(), expected) < 2e-3)
  }
}
