import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import StrictSettings
@testable import Methods
@testable import Cohort
@testable import Preprocessing
@testable import Norma

@Suite struct RegionCalibrationTests {
  private typealias Region = RegionCalibration.Region

  /// Eight regions in two brains; the volumes are 10 to 80 mm³.
  private static let regions: [(peak: Double, volume: Double)] = [
    (9, 10), (8, 80), (7, 20), (6, 70), (5, 30), (4, 60), (3, 40), (2, 50),
  ]

  private func calibration(brains: Double = 2) throws -> RegionCalibration {
    try #require(
      RegionCalibration(
        Self.regions.map { Region(peak: $0.peak, volume: $0.volume) }, extent: 1, scans: 3,
        brainML: 1200 * brains))
  }

  /// By hand: two brains may show twice as many regions, and the peak of the next is no longer exceeded.
  @Test(
    arguments: [(0.5, 0, 8), (1, 0, 7), (1.4, 0, 7), (1.5, 0, 6), (2, 0, 5), (4, 0, 1), (8, 0, 1)]
      + [(0.5, 35, 6), (1, 35, 4), (1, 55, 4), (1.5, 55, 1), (0.5, 100, 1)] as [(Double, Double, Double)])
  func thePeakLeavesSoManyRegions(count: Double, minimum: Double, peak: Double) throws {
    let calibration = try calibration()
    #expect(try calibration.peak(atFalseRegions: count, minimumVolume: minimum) == peak)
    let kept = Self.regions.count { $0.peak > peak && $0.volume >= minimum }
    #expect(Double(kept) <= 2 * count)
  }

  @Test(arguments: [0, 0.4, 9, .nan, -1])
  func aNumberThatWasNotMeasuredIsRefused(count: Double) throws {
    let problem = try problem { try calibration().peak(atFalseRegions: count) }
    #expect(problem.kind == .usage && problem.location == "--false-regions")
    #expect(problem.advice.contains("0.5000") && problem.advice.contains("2.0 brains"))
  }

  @Test func theCurveHasTheCountsThatCanBeMeasuredAndFalls() throws {
    let curve = try calibration().curve()
    #expect(curve.map(\.falseRegions) == [0.5, 1, 2, 4, 8] && curve.map(\.peak) == [8, 7, 5, 1, 1])
    #expect(RegionCalibration([], extent: 1, scans: 1, brainML: 1199) == nil, "less than one brain")
    let empty = try #require(RegionCalibration([], extent: 1, scans: 1, brainML: 1200))
    #expect(empty.curve().map(\.peak) == [1, 1, 1, 1])
  }

  /// λ = (regions + 1) / (brains + 1) and p = 1 - exp(-λ mL / 1200), by hand.
  @Test(
    arguments: [(10, 5, 0), (8, 15, 1), (5, 15, 4), (5, 75, 1), (8, 81, 0)] as [(Double, Double, Double)])
  func aRegionIsAsSurprisingAsItsEqualsAreRare(peak: Double, volume: Double, found: Double) throws {
    let calibration = try calibration(), expected = (found + 1) / 3
    // 9 with 10 mm³ counts for 10 mm³ only.
    #expect(abs(calibration.falseRegions(peak: peak, volume: volume) - expected) < 1e-12)
    let p = calibration.pValue(peak: peak, volume: volume, scoredVolumeML: 600)
    #expect(abs(p - (1 - exp(-expected / 2))) < 1e-12)
  }

  /// The regions that are left out decide nothing.
  @Test(arguments: 0..<5)
  func thinningChangesNoThreshold(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let all = (0..<3000).map { _ in
      let volume = Double(Int.random(in: 1...60, using: &generator)) * 8
      return Region(peak: 1 + Double(Int.random(in: 0...500, using: &generator)) / 100, volume: volume)
    }
    let calibration = try #require(RegionCalibration(all, extent: 1, scans: 4, brainML: 4200))
    #expect(calibration.peaks.count < 1000 && calibration.peaks == calibration.peaks.sorted(by: >))
    for minimum in [0, 50, 200, 400, 480] as [Double] {
      for count in [0.3, 0.5, 1, 2, 5.3, 8] {
        let peaks = all.filter { $0.volume >= minimum }.map(\.peak).sorted(by: >)
        let allowed = Int(count * 3.5)
        let expected = allowed < peaks.count ? peaks[allowed] : 1
        #expect(try calibration.peak(atFalseRegions: count, minimumVolume: minimum) == expected)
      }
    }
    for region in all.prefix(50) {
      let found = all.count { $0.peak >= region.peak && $0.volume >= region.volume }
      let stated = calibration.falseRegions(peak: region.peak, volume: region.volume)
      #expect(abs(stated - Double(found + 1) / 4.5) < 1e-9 || stated >= 8 * 3.5 / 4.5)
    }
  }

  @Test func aCalibrationWithoutRegionsIsReadAsBefore() throws {
    let text = #"{"curve": [], "cases": 1, "voxels": 2, "participants": 3}"#
    let old = try JSONDecoder().decode(Calibration.self, from: Data(text.utf8))
    #expect(old.regions == nil && old.casesWithLesion == nil)
    let written = String(decoding: try JSONEncoder().encode(old), as: UTF8.self)
    #expect(!written.contains("regions") && !written.contains("casesWithLesion"))
    var new = old
    new.regions = try calibration()
    let read = try JSONDecoder().decode(Calibration.self, from: JSONEncoder().encode(new))
    #expect(read == new)
  }

  /// Two regions above 1, one of which contains a voxel near a lesion.
  @Test(arguments: [1.0, nil])
  func regionsThatTouchALesionAreNotCounted(extent: Double?) throws {
    try withTemporaryFolder { folder in
      let geometry = Geometry(
        shape: [9, 4, 3],
        affine: Affine(i: SIMD3(100, 0, 0), j: SIMD3(0, 100, 0), k: SIMD3(0, 0, 10), origin: .zero))
      var map = Volume(geometry: geometry, repeating: 0), near = Mask(geometry: geometry, repeating: 0)
      (map[1, 1, 1], map[2, 1, 1], map[6, 1, 1], map[7, 2, 1]) = (4, 2, 3, 1.5)
      (near[1, 1, 1], near[0, 0, 0]) = (1, 1)
      var search = FalseRegionSearch(extent: extent, scratch: folder.appendingPathComponent("maps"))
      try search.add(map, excluded: near, brainVoxels: 8)
      try search.add(map, excluded: nil, brainVoxels: 10)
      let found = try #require(try search.calibration(extent: 1))
      #expect(found.scans == 2 && found.brainML == 1800 && found.extent == 1)
      #expect(found.peaks == [4, 3, 3] && found.volumes == [200_000, 200_000, 200_000])
    }
  }

  /// A bundle calibrated on five phantoms of 407 mL.
  private func calibrated(
    settings: [String] = [], labelled: Bool = false, _ body: (ModelBundle, TestCohort) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var cohort = try TestCohort(in: folder, train: 2, validation: 5, test: labelled ? 1 : 0)
      if labelled { cohort.manifest.cases[7].split = .validation }
      try cohort.write()
      let run = try TrainingRun(
        configuration: .tiny("normative", epochs: 1, settings: settings), manifest: cohort.manifest,
        folder: RunFolder(folder.appendingPathComponent("run")), name: "tiny")
      try body(try run.run(), cohort)
    }
  }

  @Test func theBundleAllowsSoManyRegionsInItsOwnScans() throws {
    try calibrated { bundle, cohort in
      let calibration = bundle.description.calibration, regions = try #require(calibration.regions)
      #expect(try regions.extent == calibration.threshold(atRate: 0.01))
      #expect(regions.scans == 5 && regions.brains > 1.5 && regions.brains < 1.8)
      #expect(abs(regions.brainML - Double(calibration.voxels) * 0.18) < 1e-6)
      let segmenter = try Segmenter(bundle: bundle)
      for (count, peak) in regions.curve() {
        var found = 0
        for scan in cohort.manifest.cases.suffix(5) {
          found += try segmenter.segment(
            VolumeReader.read(scan.image), by: RegionRule(extent: regions.extent, peak: peak), name: scan.id
          ).lesions.count
        }
        #expect(Double(found) <= count * regions.brains)
        #expect(Double(found) > count * regions.brains - 1 || peak == regions.extent)
      }
      let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
      #expect(card.contains("1 false region per brain by default"))
      #expect(card.contains("Measured on lesion-free scans of 5 participants: 5 volumes"))
      #expect(bundle.description.calibrationBrain == "lesion-free scans of 5 participants")
      let rule = RegionRule(extent: regions.extent, peak: try regions.peak(atFalseRegions: 1))
      #expect(bundle.description.meaning(of: rule).contains("such regions on average, as measured on"))
    }
  }

  @Test func aNaturalExtentIsThatOfTheRegions() throws {
    try calibrated(settings: ["scoring.extent=2.5"]) { bundle, _ in
      #expect(bundle.description.calibration.regions?.extent == 2.5)
    }
  }

  @Test func scansWithLesionsAreNeverCalledLesionFree() throws {
    try calibrated(settings: ["training.exclusion=voxels"], labelled: true) { bundle, _ in
      let description = bundle.description, regions = try #require(description.calibration.regions)
      #expect(description.calibration.casesWithLesion == 1 && regions.scans == 6)
      #expect(description.calibrationBrain == "brain outside the known lesions of 6 participants")
      let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
      #expect(card.contains("brain outside the known lesions of 6 participants: 6 volumes"))
      #expect(!card.contains("lesion-free"))
      let rule = RegionRule(extent: regions.extent, peak: try regions.peak(atFalseRegions: 1))
      #expect(
        description.meaning(of: rule).contains("on average, as measured on brain outside the known lesions"))
      #expect(!description.exceedanceMeaning.contains("lesion-free"))
    }
  }

  @Test func oneLevelIsNotABrain() throws {
    try calibrated(settings: ["recipe.zRange=[8, 27]"]) { bundle, _ in
      #expect(bundle.description.calibration.regions == nil)
    }
  }

  @Test func volumesGetRegionsByDefaultAndSlicesARate() throws {
    try calibrated { bundle, _ in
      let calibration = bundle.description.calibration, regions = try #require(calibration.regions)
      func choice(
        _ request: ThresholdChoice.Request = .init(), _ table: ThresholdTable = .init(), volumes: Bool = true
      ) throws -> ThresholdChoice {
        try ThresholdChoice(
          table, or: calibration, request: request, configuration: bundle.description.configuration,
          areVolumes: volumes)
      }
      let usual = try choice()
      #expect(usual.source == .falseRegions && usual.falseRegions == 1)
      let peak = try regions.peak(atFalseRegions: 1)
      #expect(usual.common == RegionRule(extent: regions.extent, peak: peak))
      let few = try choice(.init(source: .falseRegions, falseRegions: 4, minimumVolume: 500))
      #expect(
        try few.common
          == RegionRule(
            extent: regions.extent, peak: regions.peak(atFalseRegions: 4, minimumVolume: 500),
            minimumVolume: 500))
      let plain = RegionRule(extent: try calibration.threshold(atRate: 0.01))
      #expect(try choice(volumes: false).common == plain && choice(.init(source: .fpr)).common == plain)
      #expect(try choice(.init(source: .fpr)).falseRegions == nil)
      let table = try choice(.init(), ThresholdTable(ofCases: ["a": 9]))
      #expect(table.rule(of: "a") == RegionRule(extent: 9) && table.rule(of: "b") == usual.common)
      #expect(try choice(.init(), ThresholdTable(ofOthers: 9)).common == RegionRule(extent: 9))
      for (request, volumes) in [
        (ThresholdChoice.Request(source: .falseRegions), false),
        (.init(source: .falseRegions, falseRegions: 0.1), true),
      ] {
        #expect(try problem { try choice(request, volumes: volumes) }.location == "--false-regions")
      }
    }
  }

  /// From bundle to tables, viewer and evaluation.
  @Test func theRuleIsInEveryFileAndOtherRulesAreDoneAgain() throws {
    try calibrated(settings: ["calibration.extentRate=0.1"]) { bundle, _ in
      try withTemporaryFolder { folder in
        let cohort = try TestCohort(in: folder, train: 0, validation: 0, test: 2)
        let output = folder.appendingPathComponent("out")
        func run(_ request: ThresholdChoice.Request) throws -> (rows: [CohortSegmentation.Row], kept: Int) {
          var kept = 0
          let segmentation = try CohortSegmentation(
            bundle: bundle, segmenter: Segmenter(bundle: bundle),
            thresholds: ThresholdChoice(
              or: bundle.description.calibration, request: request,
              configuration: bundle.description.configuration, areVolumes: true), output: output)
          let rows = try segmentation.run(cohort.manifest.cases, onRow: { kept += $1 ? 1 : 0 })
          return (rows, kept)
        }
        let first = try run(.init()), rule = first.rows[0].rule, peak = try #require(rule.peak)
        #expect(first.kept == 0 && peak > rule.extent)
        #expect(try run(.init()).kept == 2)
        #expect(try run(.init(minimumVolume: 0)).kept == 0, "the smallest volume is part of the key")
        #expect(try run(.init(source: .fpr)).kept == 0)
        #expect(try run(.init(falseRegions: 4)).kept == 0)
        #expect(try run(.init()).kept == 0)

        let files = CaseFiles(caseID: "sub-1"), sidecar = output.appendingPathComponent(files.maskSidecar)
        #expect(try #require(CohortKey(json: sidecar)).rule == rule)
        let table = try String(contentsOf: output.appendingPathComponent(files.lesionTable), encoding: .utf8)
        let pValues = try #require(Table.rows(of: table)).map { Double($0["p_value"] ?? "") }
        let lesions = try #require(first.rows[0].result?.lesions)
        #expect(!lesions.isEmpty && pValues.count == lesions.count)
        for (lesion, written) in zip(lesions, pValues) {
          let p = try #require(lesion.pValue)
          #expect(abs(p - (written ?? -1)) < 1e-4 && p > 0 && p < 1)
        }
        let results = try ResultFolder(contentsOf: output)
        #expect(results.cases[0].peak == peak && results.cases[0].threshold == rule.extent)
        #expect(results.record?.falseRegions == 1 && results.record?.thresholdFrom == .falseRegions)
        #expect(results.calibratedOn() == "lesion-free scans of 5 participants")
        let evaluation = try EvaluationRun(predictions: output, manifest: cohort.manifest).evaluate(
          samples: 10)
        let point = try #require(evaluation.atOperatingPoint("false_regions_1"))
        #expect(point.peak == peak && point.threshold == rule.extent)
        #expect(point.title == "1 false region per brain")
        let mask = try NIfTI.readMask(output.appendingPathComponent(files.mask))
        let ml = Double(mask.count) * 0.18
        #expect(
          abs((evaluation.table[0].operatingPoints["false_regions_1"]?.predictedVolume ?? -1) - ml) < 1e-9)
        #expect(evaluation.table[0].operatingPoints["false_regions_1"]?.predictedRegions == lesions.count)
      }
    }
  }
}
