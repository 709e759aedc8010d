import _TestSupport
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Methods
@testable import Preprocessing
@testable import Norma

@Suite struct RegionRuleTests {
  /// Four regions above 1 in voxels of 10 mm³: three voxels with the peak 3, two that touch at a corner with the
  /// peak 5, one of 9, and one of 1.5.
  private static let map: Volume = {
    let geometry = Geometry(
      shape: [8, 4, 3],
      affine: Affine(i: SIMD3(1, 0, 0), j: SIMD3(0, 2, 0), k: SIMD3(0, 0, 5), origin: .zero))
    var map = Volume(geometry: geometry, repeating: 0.5)
    for (voxel, score) in [
      ((0, 0, 0), 2), ((1, 0, 0), 3), ((1, 1, 0), 2), ((4, 1, 0), 5), ((5, 2, 1), 1.25), ((7, 3, 2), 9),
      ((0, 3, 2), 1.5), ((3, 3, 2), 1),
    ] as [((Int, Int, Int), Float)] { map[voxel.0, voxel.1, voxel.2] = score }
    return map
  }()

  @Test(
    arguments: [
      (RegionRule(extent: 1), [3, 5, 9, 1.5]), (RegionRule(extent: 1, peak: 1), [3, 5, 9, 1.5]),
      (RegionRule(extent: 1, peak: 1.5), [3, 5, 9]), (RegionRule(extent: 1, peak: 3), [5, 9]),
      (RegionRule(extent: 1, peak: 9), []), (RegionRule(extent: 1, minimumVolume: 20), [3, 5]),
      (RegionRule(extent: 1, peak: 3, minimumVolume: 20), [5]), (RegionRule(extent: 2.5, peak: 4), [5, 9]),
      (RegionRule(extent: 1, peak: 2, minimumVolume: 20.5), [3]),
      // A peak below the extent is reached by every region.
      (RegionRule(extent: 2.5, peak: 1), [3, 5, 9]),
    ] as [(RegionRule, [Double])])
  func aRegionIsKeptByItsPeakAndVolume(rule: RegionRule, peaks: [Double]) {
    let (labels, regions) = Lesion.find(in: Self.map, by: rule)
    #expect(Set(regions.map(\.maximumScore)) == Set(peaks) && regions.count == peaks.count)
    let components = rule.regions(of: Self.map)
    #expect(components.mask == labels.map { $0 == 0 ? 0 : 1 } && components.count == peaks.count)
    for region in regions {
      let voxels = labels.voxels.count { $0 == region.id }
      #expect(abs(Double(voxels) * 10 - region.volumeMM3) < 1e-9)
    }
  }

  @Test func aRuleWithoutAVolumeTakesThatOfTheBundle() {
    #expect(RegionRule(extent: 1).resolved(minimumVolume: 20).minimumVolume == 20)
    #expect(RegionRule(extent: 1, minimumVolume: 0).resolved(minimumVolume: 20).minimumVolume == 0)
  }

  /// Against scikit-image and SciPy: Scripts/goldens/regions.py.
  @Test func everyMaskIsThatOfHysteresisThresholding() throws {
    let goldens = try Goldens.tensors("regions.safetensors")
    let names = goldens.keys.filter { !$0.hasSuffix("map") }
    #expect(names.count == 12)
    for name in names {
      let parts = name.split(separator: "/"), map = try goldens.golden("\(parts[0])/map")
      let volume = Volume(
        geometry: Geometry(shape: map.shape.reversed(), affine: .identity), voxels: try map.values())
      let (extent, peak) = (try #require(Double(parts[1])), try #require(Double(parts[2])))
      let mask = RegionRule(extent: extent, peak: peak).regions(of: volume).mask
      #expect(try mask.voxels == goldens.bytes(name), "\(name)")
    }
  }

  /// Six scans of the trained phantom model: a peak drops regions from mask, table and pictures alike.
  @Test func theSegmenterKeepsTheRegionsOfTheRule() throws {
    let scan = TestScan.make(51, blob: TestScan.Blob()),
      segmenter = try Segmenter(bundle: TrainedBundle.bundle)
    let extent = try TrainedBundle.threshold(0.05)
    let plain = try segmenter.segment(scan.image, threshold: extent, name: "scan")
    let peak = try #require(plain.lesions.map(\.maximumScore).sorted().dropLast().last)
    let result = try segmenter.segment(
      scan.image, by: RegionRule(extent: extent, peak: peak), name: "scan")
    #expect(plain.lesions.count > 1 && result.lesions.count == 1)
    #expect(result.anomalyMap == plain.anomalyMap && result.lesions[0].maximumScore > peak)
    let kept = result.lesions[0].volumeMM3 / scan.image.geometry.voxelVolume
    #expect(result.mask.count == Int(kept.rounded()))
    let (drawn, all) = (try #require(result.figures.first).mask, try #require(plain.figures.first).mask)
    #expect(drawn.contains(1) && zip(drawn, all).allSatisfy { $0 <= $1 })
    #expect(drawn.count { $0 == 1 } < all.count { $0 == 1 } || plain.figures.count > result.figures.count)
  }
}
