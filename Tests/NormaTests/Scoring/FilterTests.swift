import _TestSupport
import Tensors
import Testing
import Volumes

@testable import Methods

/// Against SciPy: Scripts/goldens/scoring.py.
@Suite struct FilterTests {
  @Test(arguments: ["wide", "narrow", "lanes", "pixel"], [3, 5, 7])
  func theMedianIsThatOfSciPy(name: String, size: Int) throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let images = try goldens.golden("median/\(name)/in")
    let filtered = MedianFilter(size: size).filter(
      try images.values(), height: images.shape[1], width: images.shape[2])
    #expect(filtered == (try goldens.golden("median/\(name)/\(size)").values()))
  }

  /// `size` x `size` pixels over `depth` slices, beyond the first and the last zero.
  @Test(arguments: [(3, 3), (5, 5), (5, 3), (1, 3), (3, 9)])
  func theMedianOverSlicesIsThatOfSciPyAndSimpleITK(size: Int, depth: Int) throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let volume = try goldens.golden("volume median/in")
    let filtered = MedianFilter(size: size, depth: depth).filter(
      try volume.values(), height: volume.shape[1], width: volume.shape[2])
    #expect(filtered == (try goldens.golden("volume median/\(size)x\(depth)").values()))
  }

  @Test(arguments: [(15, 1), (7, 3)])
  func aConstantStaysConstantInside(size: Int, depth: Int) {
    let side = 20
    let filtered = MedianFilter(size: size, depth: depth).filter(
      [Float](repeating: 2.5, count: side * side * side), height: side, width: side)
    let inside = (size / 2)..<(side - size / 2), slices = (depth / 2)..<(side - depth / 2)
    for z in slices {
      for y in inside { for x in inside { #expect(filtered[(z * side + y) * side + x] == 2.5) } }
    }
    // At a corner more than half of the window is beyond the border.
    #expect(filtered[0] == 0 && filtered.last == 0)
  }

  @Test func aWindowOfOneChangesNothing() {
    let image: [Float] = [3, -1, 2, 8, .infinity, 0]
    #expect(MedianFilter(size: 1).filter(image, height: 2, width: 3) == image)
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

  @Test(arguments: [Residual.positive, .absolute, .squared])
  func residualsAreWhatTheyAreCalled(residual: Residual) throws {
    let map = try residual.map(
      of: Tensor([1, 2, 3], shape: [1, 1, 1, 3]), reconstruction: Tensor([3, 2, 0], shape: [1, 1, 1, 3])
    ).values()
    let expected: [Residual: [Float]] = [.positive: [0, 0, 3], .absolute: [2, 0, 3], .squared: [4, 0, 9]]
    #expect(map == expected[residual])
  }

  @Test func theStructuralResidualIsThatOfScikitImage() throws {
    let goldens = try Goldens.tensors("scoring.safetensors")
    let x = try goldens.golden("similarity/x").unsqueeze(1),
      y = try goldens.golden("similarity/y").unsqueeze(1)
    for window in StructuralSimilarity.windows {
      let map = try StructuralSimilarity.similarity(x, y, window: window).values()
      #expect(distance(map, try goldens.golden("similarity/\(window)").values()) < 2e-4, "\(window)")
    }
    let map = try Residual.structural.map(of: x, reconstruction: y)
    let values = try map.values()
    #expect(map.shape == x.shape && values.allSatisfy { $0 >= 0 })
    #expect(distance(values, try goldens.golden("similarity/residual").values()) < 2e-4)
    #expect(distance(try Residual.structural.map(of: y, reconstruction: x).values(), values) < 1e-5)
  }
}
