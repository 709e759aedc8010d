import _TestSupport
import Foundation
import StrictSettings
import Testing
import Volumes

@testable import Base
@testable import Cohort
@testable import Methods
@testable import Norma
@testable import Preprocessing

@Suite struct ScannerCheckTests {
  private static func grid(_ spacing: SIMD3<Double>) -> Geometry {
    Geometry(
      shape: (0..<3).map { Int(60 / spacing[$0]) },
      affine: Affine(
        i: SIMD3(-spacing.x, 0, 0), j: SIMD3(0, spacing.y, 0), k: SIMD3(0, 0, spacing.z),
        origin: [30, -30, -30]))
  }

  /// A sphere keeps its volume on any grid, also where it is thinner than a slice.
  @Test(arguments: [SIMD3(1.0, 1, 1), [0.8, 0.8, 6], [2, 2, 3]], [3.0, 8])
  func aSphereHasItsVolume(spacing: SIMD3<Double>, diameter: Double) throws {
    let sphere = LesionSphere(diameter: diameter, contrast: 2, centre: [1.3, -0.4, 0.9])
    let geometry = Self.grid(spacing), fine = Self.grid([0.5, 0.5, 0.5])
    func volume(_ grid: Geometry) throws -> Double {
      try sphere.shares(in: grid).values.reduce(0) { $0 + Double($1) } * grid.voxelVolume
    }
    let expected = try volume(fine), ball = Double.pi / 6 * diameter * diameter * diameter
    #expect(abs(try volume(geometry) / expected - 1) < 0.12)
    #expect((0.9...1.35).contains(expected / ball))
    let shares = try sphere.shares(in: geometry)
    let centre =
      shares.reduce(SIMD3<Double>.zero) { sum, voxel in
        let (width, height) = (geometry.shape[0], geometry.shape[1]), index = voxel.key
        let place = SIMD3(index % width, index / width % height, index / (width * height))
        return sum + geometry.world(ofVoxel: SIMD3<Double>(place)) * Double(voxel.value)
      } / shares.values.reduce(0) { $0 + Double($1) }
    #expect((centre - sphere.centre).length < 0.25 * spacing.max())
  }

  private static func injection(
    diameters: [Double], rounds: Int = 1, extent: Double = 5
  ) throws -> LesionInjection {
    var settings = ScannerCheckSettings()
    (settings.diameters, settings.contrasts, settings.rounds) = (diameters, [1.02, 3], rounds)
    return LesionInjection(
      segmenter: try TissueLabelTests.segmenter(), rule: RegionRule(extent: extent), places: PlaceSettings(),
      settings: settings, name: "scan")
  }

  private static var scan: PreprocessedScan {
    let scan = TestScan.make(50)
    return PreprocessedScan(
      volume: scan.image, brain: scan.brain, toTemplate: nil, z: nil, record: PreprocessingRecord())
  }

  /// Brightness finds what is bright and misses what is as dark as tissue, in the place where it was painted.
  @Test func brightLesionsAreFoundAndFaintOnesMissed() throws {
    var steps = [String]()
    let result = try Self.injection(diameters: [24, 16], rounds: 2).result(of: Self.scan) { steps.append($0) }
    #expect(steps == ["before painting", "round 1 of 2", "round 2 of 2"])
    #expect(result.regionsBefore == 0 && result.otherRegions == 0)
    #expect(result.lesions.count >= 4 && result.lesions.allSatisfy { $0.volumeMM3 > 0 })
    for lesion in result.lesions { #expect((lesion.found != nil) == (lesion.contrast == 3), "\(lesion)") }
    let again = try Self.injection(diameters: [24, 16], rounds: 2).result(of: Self.scan) { _ in }
    #expect(again == result)
  }

  @Test func lesionsWithoutRoomAndBundlesWithoutTissuesAreRefused() throws {
    let wide = try problem {
      _ = try Self.injection(diameters: [20], extent: -1).result(of: Self.scan) { _ in }
    }
    #expect(wide.kind == .badData && wide.what.contains("no lesion of these diameters"))
    let plain = LesionInjection(
      segmenter: try Segmenter(bundle: TrainedBundle.bundle), rule: RegionRule(extent: 5),
      places: PlaceSettings(),
      settings: ScannerCheckSettings(), name: "scan")
    let blind = try problem { _ = try plain.result(of: Self.scan) { _ in } }
    #expect(blind.what.contains("does not tell tissues apart") && blind.advice.contains("whole-brain"))
  }

  private func problem(_ body: () throws -> Void) throws -> Problem {
    try #require(#expect(throws: Problem.self) { try body() })
  }

  /// Wilson's interval of 8 of 10 by SciPy's `binomtest(8, 10).proportion_ci(method="wilson")`.
  @Test func sensitivitiesAreGroupedWithWilsonsInterval() throws {
    func lesion(_ diameter: Double, _ place: Place, found: Bool, _ round: Int) -> PaintedLesion {
      PaintedLesion(
        round: round, diameter: diameter, contrast: 2, place: place, centre: .zero, volumeMM3: 100,
        found: found ? .init(volumeMM3: 150, place: .juxtacortical) : nil)
    }
    let lesions = (0..<10).map {
      lesion($0 < 4 ? 3 : 8, $0 < 5 ? .juxtacortical : .cerebellum, found: $0 > 1, $0)
    }
    let table = ScannerCheckSensitivity.table(of: lesions), all = try #require(table.first)
    #expect(all.painted == 10 && all.found == 8 && all.diameter == nil && all.place == nil)
    #expect(
      abs(all.interval[0] - 0.4901624715366418) < 1e-6 && abs(all.interval[1] - 0.9433178485456248) < 1e-6)
    #expect(all.volumeRatio == 1.5 && all.placeAgreement == 3.0 / 8)
    #expect(table.filter { $0.diameter != nil && $0.contrast == nil }.map(\.sensitivity) == [0.5, 1])
    #expect(table.filter { $0.place != nil }.map(\.found) == [3, 5])
    #expect(ScannerCheckSensitivity.table(of: []).isEmpty)
  }

  /// What is complete is kept, unless the settings differ; a broken scan costs one row.
  @Test func aCheckIsResumed() throws {
    try withTemporaryFolder { folder in
      let cohort = try TestCohort(in: folder, train: 0, validation: 0, test: 2)
      var cases = cohort.manifest.cases
      cases.append(ScanCase(participantID: "sub-9", image: folder.appendingPathComponent("nowhere.nii")))
      func run(rounds: Int) throws -> (kept: [Bool], summary: ScannerCheckSummary) {
        var settings = ScannerCheckSettings(), kept = [Bool]()
        (settings.diameters, settings.contrasts, settings.rounds) = ([20], [3], rounds)
        var preprocessing = PreprocessingSettings()
        preprocessing.registers = false
        let check = try ScannerCheck(
          bundle: TrainedBundle.bundle, segmenter: TissueLabelTests.segmenter(),
          preprocessor: Preprocessor(
            settings: preprocessing,
            resources: .init(brainWeights: folder, template: folder), skull: .absent),
          rule: RegionRule(extent: 5), settings: settings, output: folder.appendingPathComponent("out"))
        let summary = try check.run(cases, onRow: { _, isKept in kept.append(isKept) })
        return (kept, summary)
      }
      let first = try run(rounds: 1)
      #expect(first.kept == [false, false, false])
      #expect(first.summary.cases.map { $0.result != nil } == [true, true, false])
      #expect(first.summary.cases[2].message != nil)
      #expect(try run(rounds: 1).kept == [true, true, false])
      #expect(try run(rounds: 2).kept == [false, false, false])
      let json = try JSONDecoder().decode(
        [String: ConfigurationNode].self,
        from: Data(contentsOf: folder.appendingPathComponent("out/check.json")))
      guard case .list(let cases) = json["cases"] else { return #expect(Bool(false)) }
      #expect(cases.count == 3)
    }
  }

  @Test(arguments: ["diameters: [0]", "contrasts: [1]", "rounds: 0", "diameters: []"])
  func settingsOutOfRangeAreRefused(yaml: String) throws {
    #expect(throws: ConfigurationError.self) {
      try ScannerCheckSettings(strict: ConfigurationNode(yaml: yaml, source: "test"))
    }
  }
}
