import Foundation
import Norma
import Testing

@testable import NormaReports

@Suite struct ReportTests {
  static let provenance = ReportProvenance(
    bundleName: "vae-flair", settings: [("Threshold", "3.1")], commandLine: "norma segment -i 'a <b>'",
    version: "1.0.0", date: "2026-01-02")

  func montage(_ name: String) throws -> Montage {
    let slice = ImageSlice(width: 8, height: 8, values: (0..<64).map(Float.init))
    return Montage(caption: name, panels: [try .grey(slice, window: 0...63, caption: "Scan")])
  }

  func cases(_ count: Int) throws -> [SegmentationReportCase] {
    try (0..<count).map { i in
      SegmentationReportCase(
        caseID: "sub-\(i)<x>", status: .done, lesionVolumeML: 1.5, lesionCount: 1, seconds: 12,
        montages: [try montage("slice of \(i)")],
        lesions: [.init(id: 1, volumeML: 1.5, maxScore: 7.25, centroid: [10, -20.4, 18])],
        notes: ["note \(i)"])
    }
  }

  @Test func thePageListsEveryCaseAndShowsAtMostTheLimit() throws {
    let failed = SegmentationReportCase(
      caseID: "sub-broken", status: .failed, message: "The file ends early", lesionVolumeML: nil,
      lesionCount: nil, seconds: 0.1)
    let html = SegmentationReport(cases: try cases(102) + [failed], provenance: Self.provenance).page.html
    for i in 0..<102 { #expect(html.contains("sub-\(i)&lt;x&gt;")) }
    #expect(html.contains("sub-broken") && html.contains("The file ends early"))
    #expect(html.contains("103 cases, 1 failed."))
    #expect(html.components(separatedBy: "<img ").count - 1 == 100)
    #expect(html.contains("Pictures are shown for the first 100 of 102 cases"))
    #expect(html.contains("<h3 id=\"case-100\">") && !html.contains("<h3 id=\"case-101\">"))
    for part in ["Threshold", "norma segment -i &#39;a &lt;b&gt;&#39;", "2026-01-02", "7.25", "-20"] {
      #expect(html.contains(part))
    }
  }

  @Test(arguments: [(1, "Lesions of sub-1"), (70, "The largest 1 of 70 lesions of sub-1")])
  func lesionsThatAreNotListedAreCounted(count: Int, caption: String) throws {
    let lesion = SegmentationReportCase.Lesion(id: 1, volumeML: 1.5, maxScore: 7.25, centroid: .zero)
    let single = SegmentationReportCase(
      caseID: "sub-1", status: .done, lesionVolumeML: 2, lesionCount: count,
      montages: [try montage("slice")], lesions: [lesion])
    #expect(SegmentationReport(cases: [single], provenance: Self.provenance).page.html.contains(caption))
  }

  @Test func noLimitIsMentionedWhereAllPicturesAreShown() throws {
    let html = SegmentationReport(cases: try cases(100), provenance: Self.provenance).page.html
    #expect(!html.contains("Pictures are shown for the first"))
  }

  @Test(arguments: [(cases: 1, rows: 5), (100, 2), (66, 3)])
  func fewCasesShowMorePictures(of: (cases: Int, rows: Int)) throws {
    let slices = try (1...5).map { try montage("slice \($0)") }
    let cases = (0..<of.cases).map {
      SegmentationReportCase(
        caseID: "sub-\($0)", status: .done, lesionVolumeML: 1, lesionCount: 1, montages: slices)
    }
    let html = SegmentationReport(cases: cases, provenance: Self.provenance).page.html
    #expect(html.components(separatedBy: "<img ").count - 1 == of.cases * of.rows)
    #expect(html.contains("slice 2") && html.contains("slice 5") == (of.rows == 5))
  }

  @Test func aLargeCohortMakesAPageOfBoundedSize() throws {
    let html = SegmentationReport(cases: try cases(400), provenance: Self.provenance).page.html
    #expect(html.components(separatedBy: "<img ").count - 1 == 100)
    #expect(html.utf8.count < 1_000_000)
  }

  @Test func thePageShowsWhetherTheRatesHold() throws {
    let text = """
      {"participants": 41, "points": [
        {"stated": 0.01, "observed": 0.0123, "interval": [0.008, 0.0165], "perParticipant": [0.002, 0.034]},
        {"stated": 0.05, "observed": 0.0712, "interval": [0.055, 0.09], "perParticipant": [0.02, 0.14]}]}
      """
    let reliability = try JSONDecoder().decode(Reliability.self, from: Data(text.utf8))
    let cases = try cases(1)
    let html = SegmentationReport(cases: cases, provenance: Self.provenance, reliability: reliability)
      .page.html
    for run in ["Each of 41", "0.8 to 1.65", "2 to 14", ">yes<", ">no<", "5 % stated: 1.42"] {
      #expect(html.contains(run), "\(run)")
    }
    #expect(
      !SegmentationReport(cases: cases, provenance: Self.provenance).page.html.contains("Do the rates"))
  }

  @Test func theSameValuesMakeTheSamePage() throws {
    let first = SegmentationReport(cases: try cases(2), provenance: Self.provenance).page.html
    #expect(SegmentationReport(cases: try cases(2), provenance: Self.provenance).page.html == first)
  }

  @Test func trainingNamesTheLowestValueAndItsEpoch() {
    let report = TrainingReport(
      method: "vae",
      panels: [.init(title: "Total", curves: [.init(name: "validation", values: [3, 1.25, 2, .nan])])],
      provenance: Self.provenance)
    let row =
      "<th scope=\"row\" class=\"text\">validation</th><td class=\"number\">2</td>"
      + "<td class=\"number\">1.25</td><td class=\"number\">2</td>"
    #expect(report.page.html.contains(row))
    #expect(report.page.html.components(separatedBy: "<svg ").count == 2)
  }

  @Test func evaluationShowsIntervalsCurvesAndCases() {
    let full = EvaluationReport.Method(
      name: "vae", estimates: [.init(0.42, interval: 0.3...0.55), .init(0.5)],
      curve: .init(name: "vae", recall: [0, 1], precision: [1, 0.1], area: 0.42), perCase: [0.1, 0.4, 0.9])
    let bare = EvaluationReport.Method(name: "brightness", estimates: [.init(0.3), .init(.nan)])
    func page(_ methods: [EvaluationReport.Method]) -> String {
      EvaluationReport(
        subject: "phantoms", metrics: ["AUPRC", "Dice"], intervalNote: "95 % interval", methods: methods,
        prevalence: 0.01, perCaseMetric: "Dice", provenance: Self.provenance
      ).page.html
    }
    #expect(page([full, bare]).contains("0.420 (0.300 to 0.550)"))
    #expect(page([full, bare]).components(separatedBy: "<svg ").count == 3)
    #expect(!page([bare]).contains("<svg "))
    #expect(!page([bare]).contains("Curves and cases"))
  }
}
