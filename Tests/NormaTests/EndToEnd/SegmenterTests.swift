import _TestSupport
import Foundation
import Tensors
import Testing
import Volumes

@testable import Norma

/// A bundle that was trained once on eight phantoms.
enum TrainedBundle {
  private static let folder = Result { try TemporaryFolder() }
  private static let trained = Result { () throws -> ModelBundle in
    let place = try folder.get().url
    let cohort = try TestCohort(in: place, train: 6, validation: 2)
    let run = try TrainingRun(
      configuration: .tiny("normative", epochs: 1, settings: ["model.sigma=0.5", "training.mirror=0"]),
      manifest: cohort.manifest, folder: RunFolder(place.appendingPathComponent("run")), name: "tiny")
    return try run.run()
  }

  static var bundle: ModelBundle { get throws { try trained.get() } }

  static func threshold(_ rate: Double = 0.01) throws -> Double {
    try bundle.description.calibration.threshold(atRate: rate)
  }
}

@Suite struct SegmenterTests {
  /// The phantoms' grid turned by three degrees about z, as an oblique acquisition has it.
  static let oblique: Geometry = {
    let (c, s) = (0.9986295, 0.0523360)
    return Geometry(
      shape: TestScan.shape,
      affine: Affine(
        i: SIMD3(6 * c, 6 * s, 0), j: SIMD3(-6 * s, 6 * c, 0), k: SIMD3(0, 0, 5),
        origin: SIMD3(-75 * c + 100 * s, -75 * s - 110 * c, 10)))
  }()

  enum Layout: CaseIterable {
    case plain, oblique, leftToRight, upsideDown, sagittal

    func scan(_ person: UInt64, blob: TestScan.Blob?) -> TestScan.Scan {
      let scan = TestScan.make(
        person, blob: blob, geometry: self == .oblique ? SegmenterTests.oblique : TestScan.geometry)
      let flips = [self == .leftToRight, self == .upsideDown, self == .upsideDown]
      let turn = Orientation(permutation: self == .sagittal ? [2, 0, 1] : [0, 1, 2], isFlipped: flips)
      return TestScan.Scan(
        image: turn.apply(scan.image), brain: turn.apply(scan.brain), lesion: turn.apply(scan.lesion))
    }
  }

  @Test(arguments: Layout.allCases)
  func aBrightBlobIsFoundWhereItIs(layout: Layout) throws {
    let blob = TestScan.Blob(), scan = layout.scan(50, blob: blob)
    let segmenter = try Segmenter(bundle: TrainedBundle.bundle)
    let result = try segmenter.segment(scan.image, threshold: 10, name: "scan")
    for geometry in [
      result.anomalyMap.geometry, result.mask.geometry, result.labels.geometry, result.brain.geometry,
    ] { #expect(geometry == scan.image.geometry) }
    #expect(result.brain.voxels == scan.brain.voxels)

    let voxel = try scan.image.geometry.affine.inverse().apply(blob.centre).rounded(.toNearestOrAwayFromZero)
    let label = Int(result.labels[Int(voxel.x), Int(voxel.y), Int(voxel.z)])
    let lesion = try #require(result.lesions.first { $0.id == label })
    let offset = lesion.centroid - blob.centre
    #expect((offset * offset).sum().squareRoot() < 5)
    let truth = Double(scan.lesion.count) * scan.image.geometry.voxelVolume
    #expect(lesion.volumeMM3 > 0.5 * truth && lesion.volumeMM3 < 2 * truth)
    var voxels = ScoredVoxels()
    for (index, brain) in result.brain.voxels.enumerated() where brain != 0 {
      voxels.add(score: result.anomalyMap.voxels[index], isLesion: scan.lesion.voxels[index] != 0)
    }
    #expect((try PrecisionRecall(voxels).averagePrecision ?? 0) > 0.8)
    let figure = try #require(result.figures.first)
    #expect(figure.size == 32 && figure.map.count == 1024 && figure.z == 20)
  }

  @Test(arguments: [(threshold: 0.0, expected: 3), (1e9, 1)])
  func picturesAreOfSlicesApart(of: (threshold: Double, expected: Int)) throws {
    let scan = TestScan.make(51, blob: TestScan.Blob())
    let result = try Segmenter(bundle: TrainedBundle.bundle).segment(
      scan.image, threshold: of.threshold, name: "scan")
    let levels = result.figures.compactMap(\.z)
    #expect(levels.count == of.expected && Set(levels).count == of.expected)
    #expect(levels.first == 20)
  }

  @Test func maskAndTableTellTheSame() throws {
    let scan = TestScan.make(51, blob: TestScan.Blob())
    let result = try Segmenter(bundle: TrainedBundle.bundle).segment(
      scan.image, threshold: TrainedBundle.threshold(0.05), name: "scan")
    #expect(result.lesions.count > 1)
    #expect(zip(result.mask.voxels, result.labels.voxels).allSatisfy { ($0 == 1) == ($1 > 0) })
    #expect(zip(result.anomalyMap.voxels, result.brain.voxels).allSatisfy { $1 == 1 || $0 == 0 })
    for lesion in result.lesions {
      let count = result.labels.voxels.filter { $0 == lesion.id }.count
      #expect(abs(lesion.volumeMM3 - Double(count) * 180) < 1e-6)
    }
  }

  @Test func aHigherThresholdGivesASubset() throws {
    let scan = TestScan.make(52, blob: TestScan.Blob())
    let segmenter = try Segmenter(bundle: TrainedBundle.bundle)
    var larger = Mask(geometry: scan.image.geometry, repeating: 1)
    for threshold in [0, 0.5, 1, 2, 4, 8, 1e9] {
      let mask = try segmenter.segment(scan.image, threshold: threshold, name: "scan").mask
      #expect(zip(mask.voxels, larger.voxels).allSatisfy { $0 <= $1 })
      #expect(mask.count < larger.count)
      larger = mask
    }
    #expect(larger.count == 0)
  }

  @Test func theThresholdHoldsItsRateOnThePeopleItWasMadeFrom() throws {
    let segmenter = try Segmenter(bundle: TrainedBundle.bundle)
    for rate in [0.01, 0.05, 0.1] {
      var above = 0, all = 0
      for person: UInt64 in [6, 7] {
        let result = try segmenter.segment(
          TestScan.make(person).image, threshold: TrainedBundle.threshold(rate), name: "scan")
        above += result.mask.count
        all += result.brain.count
      }
      #expect(Double(above) <= rate * Double(all) && Double(above) > 0.8 * rate * Double(all))
    }
  }

  @Test func theRimAndSmallLesionsCanBeLeftOut() throws {
    let scan = TestScan.make(53, blob: TestScan.Blob())
    let bundle = try TrainedBundle.bundle
    var scorer = try bundle.scorer(device: .cpu)
    var settings = scorer.chain.settings
    settings.erosion = 7
    settings.minimumLesionSize = 1000
    scorer = Scorer(method: scorer.method, settings: settings, device: .cpu)
    let result = try Segmenter(scorer: scorer, recipe: bundle.description.configuration.recipe).segment(
      scan.image, threshold: TrainedBundle.threshold(0.05), name: "scan")
    let inner = scan.brain.eroded(inPlaneBy: 7)
    #expect(inner.count < scan.brain.count)
    #expect(zip(result.anomalyMap.voxels, inner.voxels).allSatisfy { $1 == 1 || $0 == 0 })
    #expect(result.brain.voxels == scan.brain.voxels)
    #expect(!result.lesions.isEmpty && result.lesions.allSatisfy { $0.volumeMM3 >= 1000 })
  }
}
