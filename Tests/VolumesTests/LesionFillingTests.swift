import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Volumes

@Suite struct LesionFillingTests {
  /// Tissue with a slow trend, noise that is correlated between voxels, a dark ventricle and a bright lesion.
  private struct Phantom {
    let healthy, image: Volume
    let mask: Mask

    init(spacing: SIMD3<Double>, lesionAt centre: SIMD3<Double>, radius: Double, seed: UInt64 = 1) {
      let shape = (0..<3).map { Int(60 / spacing[$0]) }
      let geometry = Geometry(
        shape: shape,
        affine: Affine(
          i: SIMD3(spacing.x, 0, 0), j: SIMD3(0, spacing.y, 0), k: SIMD3(0, 0, spacing.z), origin: .zero))
      var random = SeededGenerator(seed: seed)
      let noise = (0..<geometry.voxelCount + 1).map { _ in random.normal() }
      var healthy = Volume(geometry: geometry, repeating: 0), mask = Mask(geometry: geometry, repeating: 0)
      var image = healthy
      for voxel in healthy.voxels.indices {
        let place = geometry.world(ofVoxel: SIMD3<Double>(healthy.voxel(at: voxel)))
        let isVentricle = (place - SIMD3(30, 30, 30)).length < 9
        let tissue = 100 + 0.3 * Float(place.x) + 3.5 * (noise[voxel] + noise[voxel + 1])
        healthy.voxels[voxel] = isVentricle ? 20 + 3 * noise[voxel] : tissue
        image.voxels[voxel] = healthy.voxels[voxel]
        guard !isVentricle, (place - centre).length < radius else { continue }
        (mask.voxels[voxel], image.voxels[voxel]) = (1, 220 + 5 * noise[voxel])
      }
      (self.healthy, self.image, self.mask) = (healthy, image, mask)
    }

    /// The absolute differences of neighbours along x and y, by the number of voxels of the pair in the mask.
    func gradients(of image: Volume, inMask count: Int) -> [Float] {
      let strides = [1, image.shape[0]]
      return image.voxels.indices.flatMap { voxel -> [Float] in
        let place = image.voxel(at: voxel)
        guard healthy.voxels[voxel] > 60 else { return [] }
        return (0..<2).compactMap { axis in
          guard place[axis] + 1 < image.shape[axis] else { return nil }
          let next = voxel + strides[axis]
          guard healthy.voxels[next] > 60, Int(mask.voxels[voxel] + mask.voxels[next]) == count else {
            return nil
          }
          return abs(image.voxels[next] - image.voxels[voxel])
        }
      }.sorted()
    }
  }

  private static let lesions: [(SIMD3<Double>, SIMD3<Double>, Double)] = [
    ([1, 1, 1], [45, 45, 40], 7), ([1, 1, 1], [43, 30, 30], 5), ([0.9, 0.9, 6], [46, 44, 40], 8),
    ([1, 1, 3], [15, 15, 30], 4.5),
  ]

  /// In deep tissue, at the ventricle, in thick slices, small.
  @Test(arguments: lesions)
  func theSeamIsAsSteepAsHealthyTissue(spacing: SIMD3<Double>, centre: SIMD3<Double>, radius: Double) throws {
    let phantom = Phantom(spacing: spacing, lesionAt: centre, radius: radius)
    let (values, unfilled) = LesionFilling(phantom.image, mask: phantom.mask).values()
    #expect(unfilled == 0)
    #expect(Set(values.keys) == Set(phantom.mask.voxels.indices.filter { phantom.mask.voxels[$0] == 1 }))
    var filled = phantom.image
    for (voxel, value) in values { filled.voxels[voxel] = value }
    for count in [1, 2] {
      let found = phantom.gradients(of: filled, inMask: count)
      let expected = phantom.gradients(of: phantom.healthy, inMask: count)
      for level in [0.5, 0.9] {
        let ratio = found.map(Double.init).quantile(level) / expected.map(Double.init).quantile(level)
        #expect((0.7...1.4).contains(ratio), "\(count) in the mask, quantile \(level): \(ratio)")
      }
    }
    // Lesion voxels were 120 above their tissue.
    let errors = values.map { $0.value - phantom.healthy.voxels[$0.key] }
    let mean = errors.reduce(0, +) / Float(errors.count)
    #expect(abs(mean) < 4, "\(mean)")
  }

  @Test func aRegionWithoutTissueAroundItIsLeft() {
    let geometry = Geometry(shape: [8, 8, 8], affine: .identity)
    let image = Volume(geometry: geometry, repeating: 5), mask = Mask(geometry: geometry, repeating: 1)
    let (values, unfilled) = LesionFilling(image, mask: mask).values()
    #expect(values.isEmpty && unfilled == 1)
  }

  /// Every type, both byte orders are covered by the reader's tests; here the bytes outside the voxels.
  @Test func onlyTheBytesOfTheVoxelsChange() throws {
    try withTemporaryFolder { folder in
      let geometry = Geometry(shape: [4, 3, 2], affine: .identity)
      let source = folder.appendingPathComponent("a.nii"), copy = folder.appendingPathComponent("b.nii")
      try NIfTI.write(Volume(geometry: geometry, voxels: (0..<24).map { Float($0) / 3 }), to: source)
      // The same as int16 with slope 0.5 and intercept 10, with text and an extension flag.
      var bytes = [UInt8](try Data(contentsOf: source).prefix(352))
      func put<Value>(_ value: Value, at offset: Int) {
        withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
      }
      put(Int16(4), at: 70)
      put(Int16(16), at: 72)
      put(Float(0.5), at: 112)
      put(Float(10), at: 116)
      put(UInt8(65), at: 148)
      for value in 0..<24 { bytes += withUnsafeBytes(of: Int16(value), Array.init) }
      bytes += [1, 2, 3]
      try Data(bytes).write(to: source)
      try NIfTI.write(replacing: [5: 12.3, 7: 1e9], in: source, to: copy)
      let written = [UInt8](try Data(contentsOf: copy))
      #expect(written.count == bytes.count)
      let changed = bytes.indices.filter { bytes[$0] != written[$0] }
      #expect(Set(changed).isSubset(of: [362, 363, 366, 367]))
      // (12.3 - 10) / 0.5 = 4.6; 1e9 is the largest that the type has.
      let image = try NIfTI.read(copy)
      #expect(image.voxels[5] == 12.5 && image.voxels[7] == Float(Int16.max) * 0.5 + 10)
    }
  }
}
