import Tensors
import Testing
import Volumes

@testable import Norma

/// Against SciPy: Scripts/goldens/scoring.py.
@Suite struct FilterTests {
  @Test(arguments: ["wide", "narrow", "lanes", "pixel"], [3, 5, 7])
  func theMedianIsThatOfSciPy(name: String, size: Int) throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let images = try goldens.golden("median/\(name)/in")
    let filtered = MedianFilter(size: size)(
      try images.values(), height: images.shape[1], width: images.shape[2])
    #expect(filtered == (try goldens.golden("median/\(name)/\(size)").values()))
  }

  @Test func aWindowOfOneChangesNothing() {
    let image: [Float] = [3, -1, 2, 8, .infinity, 0]
    #expect(MedianFilter(size: 1)(image, height: 2, width: 3) == image)
  }

  @Test(arguments: ["isotropic", "anisotropic", "coarse", "far", "exact"])
  func erosionIsADistanceOfSciPy(name: String) throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let input = try goldens.golden("erosion/in")
    let settings = try goldens.golden("erosion/\(name)/spacing").values().map(Double.init)
    let mask = Mask(
      geometry: Geometry(
        shape: input.shape.reversed(),
        affine: Affine(
          i: SIMD3(rounded(settings[0]), 0, 0), j: SIMD3(0, rounded(settings[1]), 0), k: SIMD3(0, 0, 5),
          origin: .zero)
      ), voxels: try goldens.bytes("erosion/in"))
    let eroded = mask.eroded(inPlaneBy: rounded(settings[2]))
    #expect(eroded.voxels == (try goldens.bytes("erosion/\(name)/out")))
    #expect(mask.eroded(inPlaneBy: 0) == mask)
  }

  private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

  /// A pixel side that divides the distance: the last row is reached where rounding says so, and never crashes.
  @Test func everyPixelSizeIsTaken() {
    for parts in 1...400 {
      for distance in [1.0, 3, 7.7] {
        let side = distance / Double(parts)
        let mask = Mask(
          geometry: Geometry(
            shape: [1, 3, 1], affine: Affine(i: [side, 0, 0], j: [0, side, 0], k: [0, 0, 1], origin: .zero)),
          voxels: [0, 1, 1])
        #expect(mask.eroded(inPlaneBy: distance).voxels[1] == 0)
      }
    }
    for side in stride(from: 0.0137, to: 1.9, by: 0.00091) {
      let geometry = Geometry(
        shape: [1, 2, 1], affine: Affine(i: [1, 0, 0], j: [0, side, 0], k: [0, 0, 1], origin: .zero))
      let mask = Mask(geometry: geometry, voxels: [0, 1])
      #expect(mask.eroded(inPlaneBy: Double(Int(2 / side)) * side).voxels[1] == 0)
    }
  }

  @Test(arguments: Residual.allCases)
  func residualsAreWhatTheyAreCalled(residual: Residual) throws {
    let map = try residual.map(
      of: Tensor([1, 2, 3], shape: [3]), reconstruction: Tensor([3, 2, 0], shape: [3])
    ).values()
    let expected: [Residual: [Float]] = [.positive: [0, 0, 3], .absolute: [2, 0, 3], .squared: [4, 0, 9]]
    #expect(map == expected[residual])
  }
}
