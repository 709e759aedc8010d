import Foundation
import Testing
import Volumes

@testable import Norma
@testable import Preprocessing

@testable import NormaReports

@Suite struct ReportTests {
  static let provenance = ReportProvenance(
    bundleName: "vae-flair", settings: [("Threshold", "3.1")], commandLine: "norma segment -i 'a <b>'",
    version: "1.0.0", date: "2026-01-02")

  func montage(_ name: String) throws -> Montage {
    let slice = ImageSlice(width: 8, height: 8, values: (0..<64).map(Float.init))
    return Montage(caption: name, panels: [try .grey(slice, window: 0...63, caption: "Scan")])
  }

  static func calibration(_ more: String = "") throws -> Calibration {
    let text = """
      {"curve": [{"rate": 0.01, "threshold": 4}, {"rate": 0.1, "threshold": 2}], "cases": 9, "voxels": 900, \
      "participants": 9\(more)}
      """
    return try JSONDecoder().decode(Calibration.self, from: Data(text.utf8))
  }

  static func bundle(_ more: String = "") throws -> BundleDescription {
    BundleDescription(
      schemaVersion: 1, name: "vae-flair", normaVersion: "1.0.0",
      configuration: try Configuration(method: "brightness"), calibration: try calibration(more), domain: nil,
      provenance: .init(
        engine: "", dataSHA256: "", trainingCases: 0, trainingSlices: 0, validationCases: 9,
        validationSlices: 9, seed: 0, epochs: 0, bestEpoch: 0, data: ""),
      selfTest: .init(mean: 0, maximum: 0), files: [:])
  }

  /// Results with some lesions of the same size.
  static func result(lesions: Int = 1, notes: [String] = []) -> CaseResult {
    let lesions = (0..<lesions).map { index in
      Lesion(
        id: index + 1, volumeMM3: 1500, maximumScore: 7.25, meanScore: 5, centroid: [10, -20.4, 18],
        firstVoxel: .zero, lastVoxel: .one)
    }
    return CaseResult(
      lesions: lesions, notes: notes, preprocessing: PreprocessingRecord(), intensity: nil,
      scoredVolumeML: 1000)
  }

  func cases(_ count: Int) throws -> [SegmentationReportCase] {
    try (0..<count).map { i in
      SegmentationReportCase(
        caseID: "sub-\(i)<x>", seconds: 12,
        outcome: .done(
          Self.result(notes: ["note \(i)"]), rule: RegionRule(extent: 3), [try montage("slice of \(i)")]))
    }
  }

  private func page(_ cases: [SegmentationReportCase], limit: Int = 100, reliability: String = "") throws
    -> String
  {
    SegmentationReport(
      cases: cases, bundle: try Self.bundle(reliability), provenance: Self.provenance, pictureLimit: limit
    ).page.html
  }

  @Test func thePageListsEveryCaseAndShowsAtMostTheLimit() throws {
    let failed = SegmentationReportCase(
      caseID: "sub-broken", seconds: 0.1, outcome: .failed(message: "The file ends early"))
    let html = try page(cases(5) + [failed], limit: 3)
    for i in 0..<5 { #expect(html.contains("sub-\(i)&lt;x&gt;")) }
    #expect(html.contains("sub-broken") && html.contains("The file ends early"))
    #expect(html.contains("6 cases, 1 failed."))
    #expect(html.components(separatedBy: "<img ").count - 1 == 3)
    #expect(html.contains("Pictures are shown for the first 3 of 5 cases"))
    #expect(html.contains("<h3 id=\"case-3\">") && !html.contains("<h3 id=\"case-4\">"))
    for part in [
      "Threshold", "norma segment -i &#39;a &lt;b&gt;&#39;", "2026-01-02", "7.25", "R 10  P 20  S 18",
    ] {
      #expect(html.contains(part))
    }
  }

  @Test(arguments: [(1, "Regions of sub-1"), (70, "The largest 20 of 70 regions of sub-1")])
  func lesionsThatAreNotListedAreCounted(count: Int, caption: String) throws {
    let single = SegmentationReportCase(
      caseID: "sub-1",
      outcome: .done(Self.result(lesions: count), rule: RegionRule(extent: 3), [try montage("slice")]))
    #expect(try page([single]).contains(caption))
  }

  @Test func theTissueOfALesionIsShownWhereItIsKnown() throws {
    var lesion = try #require(Self.result().lesions.first)
    func html() throws -> String {
      let result = CaseResult(
        lesions: [lesion], notes: [], preprocessing: PreprocessingRecord(), intensity: nil,
        scoredVolumeML: 1000)
      return try page([
        SegmentationReportCase(
          caseID: "sub-1", outcome: .done(result, rule: RegionRule(extent: 3), [try montage("a slice")]))
      ])
    }
    #expect(try !html().contains("Place"))
    lesion.tissue = "white matter"
    #expect(try html().contains("Place") && html().contains("white matter"))
  }

  @Test func aThresholdIsExplainedByTheCalibration() throws {
    let html = try page(cases(1))
    #expect(
      html.contains(
        "Regions are where the anomaly map exceeds 3. In a brain without lesions, about 5.5 % of voxels (55 mL here) "
          + "would also be marked, as measured on lesion-free scans of 9 participants."))
    let strict = SegmentationReportCase(
      caseID: "sub-1", outcome: .done(Self.result(), rule: RegionRule(extent: 9), [try montage("slice")]))
    #expect(try page([strict]).contains("In a brain without lesions, at most 1 % of voxels"))
  }

  @Test func noLimitIsMentionedWhereAllPicturesAreShown() throws {
    let html = try page(cases(3), limit: 3)
    #expect(!html.contains("Pictures are shown for the first"))
  }

  @Test(arguments: [(cases: 1, rows: 5), (3, 2), (2, 3)])
  func fewCasesShowMorePictures(of: (cases: Int, rows: Int)) throws {
    let slices = try (1...5).map { try montage("slice \($0)") }
    let cases = (0..<of.cases).map {
      SegmentationReportCase(
        caseID: "sub-\($0)", outcome: .done(Self.result(), rule: RegionRule(extent: 3), slices))
    }
    let html = try page(cases, limit: 3)
    #expect(html.components(separatedBy: "<img ").count - 1 == of.cases * of.rows)
    #expect(html.contains("slice 2") && html.contains("slice 5") == (of.rows == 5))
  }

  @Test func aLargeCohortMakesAPageOfBoundedSize() throws {
    let html = try page(cases(400))
    #expect(html.components(separatedBy: "<img ").count - 1 == 100)
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func thePageShowsWhetherTheRatesHold() throws {
    let reliability = """
      , "reliability": {"participants": 41, "points": [
        {"stated": 0.01, "observed": 0.0123, "interval": [0.008, 0.0165], "perParticipant": [0.002, 0.034]},
        {"stated": 0.05, "observed": 0.0712, "interval": [0.055, 0.09], "perParticipant": [0.02, 0.14]}]}
      """
    let html = try page(cases(1), reliability: reliability)
    for run in ["each of 41", "0.8 to 1.65", "2 to 14", ">yes<", ">no<", "5 % stated: 1.42"] {
      #expect(html.contains(run), "\(run)")
    }
    #expect(try !page(cases(1)).contains("Do the rates"))
  }

  @Test func theSameValuesMakeTheSamePage() throws {
    let first = try page(cases(2))
    #expect(try page(cases(2)) == first)
  }

  @Test func trainingNamesTheLowestValueAndItsEpoch() {
    let report = TrainingReport(
      method: "vae",
      metrics: [
        ("epoch", [1, 2, 3, 4]), ("training_loss", [4, 3, 2, 1]), ("validation_loss", [3, 1.25, 2, .nan]),
        ("training_kl", [.nan, .nan, .nan, .nan]),
      ], provenance: Self.provenance)
    let row =
      "<th scope=\"row\" class=\"text\">validation loss</th><td class=\"number\">2</td>"
      + "<td class=\"number\">1.25</td><td class=\"number\">2</td>"
    #expect(report.page.html.contains(row))
    #expect(report.page.html.components(separatedBy: "<svg ").count == 2)
    // One epoch makes no curve, and a method without losses no table.
    for losses in [[1.0], []] {
      let short = TrainingReport(
        method: "vae", metrics: [("training_loss", losses)], provenance: Self.provenance)
      #expect(!short.page.html.contains("<svg "))
      #expect(short.page.html.contains("This method has no losses") == losses.isEmpty)
    }
  }

  /// Both spaces are named, and the side is that of the template.
  @Test func aRegionIsPlacedInTemplateAndScannerSpace() throws {
    var lesion = try #require(Self.result().lesions.first)
    lesion.tissue = "white matter"
    let shift = Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: [-40, 0, 2])
    let place = RegionPlace(of: lesion, toTemplate: shift)
    #expect(place.name == "left, white matter" && place.scanner == "R 10  P 20  S 18")
    #expect(place.coordinates == "template L 30  P 20  S 20 mm, scanner R 10  P 20  S 18 mm")
    lesion.location = RegionLocation(place: .juxtacortical, lobe: .parietal)
    #expect(RegionPlace(of: lesion, toTemplate: shift).name == "left, juxtacortical, parietal lobe")
    lesion.location = nil
    let unplaced = RegionPlace(of: lesion, toTemplate: nil)
    #expect(unplaced.name == "white matter" && unplaced.template == nil)
  }

  /// A box of 60 x 60 x 50 mm with a lesion on the patient's left, in a scan with slices of 5 mm.
  static func figures(toTemplate: Affine?) -> CohortSegmentation.Figures {
    let geometry = Geometry(
      shape: [40, 40, 14],
      affine: Affine(i: [-2, 0, 0], j: [0, 2, 0], k: [0, 0, 5], origin: [40, -40, -35]))
    var (scan, map) = (Volume(geometry: geometry, repeating: 0), Volume(geometry: geometry, repeating: 0))
    var (brain, mask) = (Mask(geometry: geometry, repeating: 0), Mask(geometry: geometry, repeating: 0))
    for k in 2..<12 {
      for j in 5..<35 {
        for i in 5..<35 {
          let isLesion = (26..<30).contains(i) && (18..<22).contains(j) && (6..<8).contains(k)
          (brain[i, j, k], scan[i, j, k]) = (1, isLesion ? 200 : 100)
          if isLesion { (mask[i, j, k], map[i, j, k]) = (1, 8) }
        }
      }
    }
    map[0, 0, 0] = .nan
    return CohortSegmentation.Figures(
      scan: scan, map: map, mask: mask, brain: brain, t1w: nil, lesions: Self.result().lesions,
      toTemplate: toTemplate,
      slices: [], quality: nil, threshold: 3, scoredRange: nil)
  }

  @Test func picturesShowTheRegionInThreePlanesAndAllLevelsOnOneScale() throws {
    for toTemplate in [Affine.identity, nil] {
      let data = try CasePictures.draw(Self.figures(toTemplate: toTemplate))
      let montages = try JSONDecoder().decode([Montage].self, from: data)
      #expect(montages.count == 2)
      let (planes, levels) = (montages[0], montages[1])
      #expect(planes.panels.map(\.caption) == ["S 18", "P 20", "R 10", "S 18", "P 20", "R 10"])
      #expect(planes.panels.compactMap(\.scale) == [0...8, 0...8, 0...8])
      #expect(planes.caption.hasPrefix(toTemplate == nil ? "Region 1: 1.5 mL" : "Region 1, right: 1.5 mL"))
      #expect(planes.caption.contains("Positions are in \(toTemplate == nil ? "scanner" : "template") mm"))
      #expect(levels.panels.count == 10 && levels.panels[0].caption == "I 25")
      let html = levels.html(anchor: "case-1-pictures-2").source
      #expect(html.components(separatedBy: "href=\"#case-1-pictures-2-3\"").count == 2)
      #expect(html.contains("id=\"case-1-pictures-2-3\"") && !html.contains("<script"))
    }
  }

  @Test func evaluationShowsIntervalsCurvesAndCases() throws {
    let geometry = Geometry(shape: [10, 10, 1], affine: .identity)
    func page(_ points: [OperatingPoint]) throws -> String {
      var evaluator = Evaluator(operatingPoints: points)
      for (index, score) in [Float(3), 1].enumerated() {
        var map = Volume(geometry: geometry, repeating: 1), lesion = Mask(geometry: geometry, repeating: 0)
        (map[2, 2, 0], lesion[2, 2, 0]) = (score, 1)
        try evaluator.add(
          caseID: "sub-\(index)", participantID: "sub-\(index)", map: map, lesion: lesion,
          brain: Mask(geometry: geometry, repeating: 1))
      }
      let evaluation = try evaluator.evaluation(method: "vae", samples: 20)
      return EvaluationReport(evaluation, provenance: Self.provenance).page.html
    }
    let html = try page([.falsePositiveRate(0.01, threshold: 2)])
    #expect(html.contains("Evaluation on 2 cases") && html.contains("Dice at FPR 1 % of each case"))
    #expect(html.contains(">0.505 (0.0100 to 1.00)<"))
    #expect(html.components(separatedBy: "<svg ").count == 3)
    let bare = try page([])
    #expect(bare.components(separatedBy: "<svg ").count == 2 && !bare.contains("of each case"))
  }
}
