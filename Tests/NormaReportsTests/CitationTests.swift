import _TestSupport
import Foundation
import Testing

@testable import Norma
@testable import NormaReports

@Suite struct CitationTests {
  private func paragraph(
    _ change: (inout PreprocessingSettings) -> Void = { _ in }, skull: SkullState = .auto,
    thresholds: ThresholdChoice = ThresholdChoice(3), t1w: Bool = false, template: Bool = false
  ) throws -> MethodsParagraph {
    var settings = PreprocessingSettings()
    change(&settings)
    return MethodsParagraph(
      bundle: try ReportTests.bundle(), preprocessing: settings, skull: skull, thresholds: thresholds,
      hasT1w: t1w, hasTemplateImages: template)
  }

  @Test func theParagraphStatesTheSettingsThatRan() throws {
    let usual = try paragraph()
    for words in [
      "Norma \(NormaVersion.current)", "'vae-flair'", "at 2 mm", "4 levels of at most 50 iterations",
      "registered to the MNI152NLin2009aSym", "robust z-score of the brightness", "anomaly map exceeds 3",
    ] { #expect(usual.text.contains(words), "\(words)") }
    #expect(
      usual.references.map(\.citation) == [
        "Fedorov et al. 2017", "Fonov et al. 2011", "Mattes et al. 2003", "Tustison et al. 2010",
      ])
    let bare = try paragraph {
      $0.correctsBias = false
      $0.registers = false
    }
    #expect(bare.text.contains("bias field was not corrected") && bare.text.contains("were not registered"))
    #expect(bare.references.map(\.citation) == ["Fedorov et al. 2017"])
    #expect(try paragraph(skull: .absent).references.map(\.citation).contains("Fedorov et al. 2017") == false)
    let denoised = try paragraph({ $0.denoisingIterations = 5 }, template: true)
    #expect(
      denoised.text.contains("5 iterations of curvature flow") && denoised.text.contains("resampled to"))
    #expect(!usual.text.contains("T1w"))
    let second = try paragraph(t1w: true)
    #expect(
      second.text.contains("110 mm of brain got their brain mask and their place in the template from it"))
    #expect(second.references.map(\.citation).contains("Roche et al. 1998"))
    #expect(
      try paragraph({ $0.registers = false }, t1w: true).text.contains("got their brain mask from it")
        && !paragraph({ $0.registers = false }, skull: .absent, t1w: true).text.contains("T1w"))
    let own = try paragraph(thresholds: ThresholdChoice(3, byCase: ["sub-1": 4]))
    #expect(own.text.contains("1 scan had a threshold of its own"))
  }

  @Test func everyReferenceIsInTheBibliography() throws {
    let rows = try String(
      contentsOf: packageRoot.appending(path: "Documentation/bibliography.md"), encoding: .utf8
    ).split(separator: "\n")
    for reference in Reference.all {
      let row = try #require(rows.first { $0.hasPrefix("| \(reference.authors[0]) \(reference.year) |") })
      let title = reference.title.replacing(", second edition", with: "")
      #expect(row.contains(title) && row.contains(reference.authors.last ?? ""), "\(reference.citation)")
      #expect(reference.url.map { row.contains("](\($0))") } ?? true, "\(reference.citation)")
    }
  }

  @Test func theFilesAreTextPageAndBibTeX() throws {
    try withTemporaryFolder { folder in
      let dataset = try DerivativeDataset(
        folder: folder, root: folder.appendingPathComponent("raw"), derivatives: nil)
      let paragraph = try paragraph()
      try Citation(paragraph).write(to: dataset)
      func file(_ type: String) throws -> String {
        try String(contentsOf: dataset.file("logs/CITATION.\(type)"), encoding: .utf8)
      }
      #expect(try file("md").contains(paragraph.text) && file("html").contains("<h1>"))
      let entries = try file("bib").matches(of: /@(\w+)\{(\w+),/).map { "\($0.output.1) \($0.output.2)" }
      #expect(
        entries == [
          "software Norma", "inproceedings Fedorov2017", "article Fonov2011", "article Mattes2003",
          "article Tustison2010",
        ])
      #expect(try file("bib").contains("pages = {1310--1320}"))
    }
  }
}
