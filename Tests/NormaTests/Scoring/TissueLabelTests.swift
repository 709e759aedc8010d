import _TestSupport
import Foundation
import StrictSettings
import Tensors
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Methods
@testable import Norma
@testable import Preprocessing

/// A method that scores brightness and knows the tissue of every place of the template.
final class PlacedTissues: Method {
  struct ModelSettings: Settings {}

  static let name = "test-tissues"
  static let summary = "five tissues side by side"

  init(settings: ModelSettings, context: MethodContext) throws {}

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses { Losses(total: 0) }
  func validationLosses(_ batch: Batch) throws -> Losses? { nil }

  /// The brainstem below 12 mm, above it a tissue in each quarter.
  static func tissue(at place: SIMD3<Double>) -> Tissue {
    if place.z < 12 { return .brainStem }
    return place.x < 0
      ? place.y < -18 ? .whiteMatter : .deepGrey : place.y < -18 ? .cerebellum : .ventricle
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    let recipe = TestScan.recipe, size = recipe.gridSize, spacing = recipe.gridSpacing
    var tissues = [Float]()
    for z in batch.z {
      let pixels = (0..<size * size).map { pixel in
        let steps = SIMD2(Double(pixel % size), Double(pixel / size)) - Double(size - 1) / 2
        return Self.tissue(at: SIMD3(steps.x * spacing, steps.y * spacing - 18, z ?? 0))
      }
      for tissue in Tissue.allCases {
        let least: Float = tissue == .corticalGrey ? 0.4 : 0
        tissues += pixels.map { $0 == tissue ? 0.6 : least }
      }
    }
    return AnomalyScore(
      map: try RobustZScale.toZ(batch.images).relu() * batch.brain,
      tissues: try Tensor(tissues, shape: [batch.z.count, Tissue.allCases.count, size, size]) * batch.brain)
  }

  let state: [String: Tensor] = [:]
  func load(state: [String: Tensor]) throws {}
}

@Suite struct TissueLabelTests {
  static func segmenter(brightnessWeight: Double = 0) throws -> Segmenter {
    let method = try PlacedTissues(settings: .init(), context: MethodContext(imageSize: 32))
    var settings = ScoringSettings()
    (settings.median, settings.erosion) = (1, 0)
    settings.brightnessWeight = brightnessWeight
    return Segmenter(
      scorer: Scorer(method: method, settings: settings, device: .cpu), recipe: TestScan.recipe)
  }

  /// Checks the label of every voxel away from the borders of the tissues; `margin` in mm.
  private func expectTissues(
    of result: Segmenter.Result, _ toTemplate: Affine, margin: SIMD3<Double>
  ) throws {
    let tissues = try #require(result.tissues), geometry = tissues.geometry
    #expect(geometry == result.anomalyMap.geometry && tissues.header == result.anomalyMap.header)
    #expect(zip(tissues.voxels, result.brain.voxels).allSatisfy { $0 == 0 || $1 == 1 })
    // In the rim there may be none, where no pixel of the model grid is brain.
    let labelled = Double(tissues.count) / Double(result.brain.count)
    #expect(labelled > 0.98, "\(labelled)")
    var seen = [UInt8: Int](), wrong = 0
    for index in tissues.voxels.indices where result.brain.voxels[index] == 1 {
      let place = toTemplate.apply(geometry.world(ofVoxel: SIMD3<Double>(tissues.voxel(at: index))))
      let distance = place - SIMD3(0, -18, 12)
      guard abs(distance.x) > margin.x, abs(distance.y) > margin.y, abs(distance.z) > margin.z else {
        continue
      }
      let label = try #require(TissueLabel(PlacedTissues.tissue(at: place))).index
      seen[label, default: 0] += 1
      if tissues.voxels[index] != label { wrong += 1 }
    }
    #expect(Set(seen.keys) == [2, 9, 10, 11, 12] && seen.values.allSatisfy { $0 > 50 }, "\(seen)")
    #expect(wrong == 0, "\(wrong) of \(seen)")
  }

  /// RAS+, LPS+ and a sagittal stack.
  @Test(arguments: [
    Orientation(permutation: [0, 1, 2], isFlipped: [false, false, false]),
    Orientation(permutation: [0, 1, 2], isFlipped: [true, true, false]),
    Orientation(permutation: [2, 0, 1], isFlipped: [false, true, true]),
  ])
  func theTissuesAreWhereTheScanIs(turn: Orientation) throws {
    let scan = turn.apply(TestScan.make(50, blob: TestScan.Blob()).image)
    let result = try Self.segmenter().segment(scan, threshold: 3, name: "scan")
    #expect(result.tissues?.geometry == scan.geometry)
    try expectTissues(of: result, .identity, margin: SIMD3(6, 6, 0))
    #expect(result.lesions.first?.tissue == "white matter")
  }

  @Test func theTissuesOfARegisteredScanAreThoseOfTheTemplate() throws {
    let toTemplate = RegisteredScanTests.transform(pitch: 0.3, yaw: 0.2, shift: SIMD3(9, 5, 20))
    let scan = try RegisteredScanTests.scan(toTemplate), spacing = TestScan.recipe.sliceSpacing
    let result = try Self.segmenter().segment(
      PreprocessedScan(
        volume: scan, brain: nil, toTemplate: toTemplate, z: nil, record: PreprocessingRecord()),
      by: RegionRule(extent: 3), name: "scan")
    try expectTissues(of: result, toTemplate, margin: SIMD3(6, 6, spacing))
  }

  /// White matter of 90, 100 and 110 in equal parts has the median 100 and the deviation 14.826.
  @Test(arguments: [
    Orientation(permutation: [0, 1, 2], isFlipped: [false, false, false]),
    Orientation(permutation: [2, 0, 1], isFlipped: [false, true, true]),
  ])
  func brightnessIsAddedVoxelByVoxelWhereTheMapIsPositive(turn: Orientation) throws {
    let brain = TestScan.make(50).brain
    var image = Volume(geometry: brain.geometry, repeating: 0)
    for index in image.voxels.indices where brain.voxels[index] == 1 {
      let place = image.geometry.world(ofVoxel: SIMD3<Double>(image.voxel(at: index)))
      image.voxels[index] =
        switch PlacedTissues.tissue(at: place) {
        case .whiteMatter: [90, 100, 110][index % 3]
        case .ventricle: [20, 500][index % 2]
        default: [40, 50, 60][index % 3]
        }
    }
    let scan = turn.apply(image)
    let map = try Self.segmenter().segment(scan, threshold: 3, name: "scan").anomalyMap
    let brighter = try Self.segmenter(brightnessWeight: 0.25).segment(scan, threshold: 3, name: "scan")
    var seen = Set<Float>()
    for index in scan.voxels.indices {
      let z = min(max((scan.voxels[index] - 100) / 14.826, -2), 8)
      let expected = map.voxels[index] > 0 ? max(map.voxels[index] + 0.25 * z, 0) : 0
      #expect(abs(brighter.anomalyMap.voxels[index] - expected) < 1e-4)
      if map.voxels[index] > 0 { seen.insert(scan.voxels[index]) }
    }
    #expect(seen.isSuperset(of: [60, 100, 110, 500]), "\(seen)")
  }

  @Test func theTissueOfARegionIsThatOfMostOfItsVoxels() {
    let geometry = Geometry(shape: [7, 1, 1], affine: .identity)
    let map = Volume(geometry: geometry, voxels: [2, 2, 2, 0, 2, 0, 2])
    func tissues(_ labels: [UInt8]) -> [String?] {
      Lesion.find(
        in: map, by: RegionRule(extent: 1, minimumVolume: 0),
        tissues: Grid(geometry: geometry, voxels: labels)
      ).lesions.map(\.tissue)
    }
    #expect(tissues([8, 2, 2, 2, 12, 9, 0]) == ["white matter", "ventricles", nil])
    #expect(tissues([8, 0, 0, 0, 10, 0, 3]) == ["cortical grey matter", "brainstem", "cerebrospinal fluid"])
    #expect(tissues([8, 2, 0, 0, 11, 0, 9]) == ["white matter", "cerebellum", "subcortical grey matter"])
    #expect(Lesion.find(in: map, by: RegionRule(extent: 1)).lesions.allSatisfy { $0.tissue == nil })
  }

  private func segmentation(_ segmenter: Segmenter, into output: URL) throws -> CohortSegmentation {
    try CohortSegmentation(
      bundle: TrainedBundle.bundle, segmenter: segmenter, thresholds: ThresholdChoice(3), output: output)
  }

  @Test func imageTableAndSidecarAreWrittenAndKept() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 0, validation: 0, test: 1)
      let output = folder.appendingPathComponent("out"), files = CaseFiles(caseID: "sub-1")
      func url(_ file: String) -> URL { output.appendingPathComponent(file) }
      let segmentation = try segmentation(Self.segmenter(), into: output)
      var kept = [Bool]()
      func run() throws -> CaseResult {
        try #require(segmentation.run(cohort.manifest.cases, onRow: { kept.append($1) })[0].result)
      }
      let result = try run()
      #expect(files.tissues == "sub-1/anat/sub-1_seg-tissues_dseg.nii.gz")
      #expect(try NIfTI.readHeader(url(files.tissues)).datatype == .uint8)
      let labels = try NIfTI.read(url(files.tissues))
      #expect(labels.geometry == TestScan.geometry)

      let text = try String(contentsOf: url(files.tissueTable), encoding: .utf8)
      #expect(text.split(separator: "\n").first == "index\tname\tabbreviation\tmapping\tvolume_ml")
      let table = try #require(Table.rows(of: text))
      #expect(table.map { $0["index"] } == ["2", "3", "8", "9", "10", "11", "12"])
      #expect(table.map { $0["abbreviation"] } == ["WM", "CSF", "CGM", "SGM", "BS", "CBM", "VEN"])
      #expect(table.map { $0["mapping"] } == ["2", "3", "8", "9", "10", "11", "3"])
      for row in table {
        let count = labels.voxels.count { "\(Int($0))" == row["index"] }
        #expect(abs((Double(row["volume_ml"] ?? "") ?? -1) - Double(count) * 0.18) < 1e-4, "\(row)")
      }
      let sidecar = try JSONDecoder().decode(
        [String: ConfigurationNode].self, from: Data(contentsOf: url(files.tissuesSidecar)))
      #expect(sidecar["Sources"] == .list([.string("sub-1_FLAIR.nii.gz")]))

      let regions = try #require(
        Table.rows(of: String(contentsOf: url(files.lesionTable), encoding: .utf8)))
      try #require(!regions.isEmpty)
      #expect(regions.map { $0["tissue"] } == result.lesions.map { $0.tissue ?? "n/a" })
      #expect(regions[0]["tissue"] == "white matter")
      #expect(regions.map { $0["place"] } == result.lesions.map { $0.location?.place?.rawValue ?? "n/a" })
      let described = try JSONDecoder().decode(
        [String: ConfigurationNode].self, from: Data(contentsOf: url(files.labelsSidecar)))
      for column in regions[0].keys {
        guard case .map(let description) = described[column], case .string = description["Description"] else {
          Issue.record("\(column) is not described")
          continue
        }
      }

      #expect(try run().lesions == result.lesions)
      for file in [files.tissues, files.tissueTable, files.tissuesSidecar] {
        try FileManager.default.removeItem(at: url(file))
        _ = try run()
        #expect(FileManager.default.fileExists(atPath: url(file).path))
      }
      #expect(kept == [false, true, false, false, false])

      // A method without tissues leaves none of an earlier one.
      let plain = try self.segmentation(Segmenter(bundle: TrainedBundle.bundle), into: output)
      let row = try plain.run(cohort.manifest.cases, isForced: true)[0]
      #expect(row.result?.lesions.allSatisfy { $0.tissue == nil } == true)
      let names = try FileManager.default.contentsOfDirectory(atPath: url("sub-1/anat").path)
      #expect(!names.isEmpty && !names.contains { $0.contains("tissues") })
      for file in [files.lesionTable, files.record] {
        #expect(try !String(contentsOf: url(file), encoding: .utf8).contains("tissue"), "\(file)")
      }
    }
  }
}
