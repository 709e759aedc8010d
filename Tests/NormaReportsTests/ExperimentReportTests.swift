import Foundation
import Testing

import Cohort
@testable import Norma
@testable import NormaReports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ExperimentReportTests {
  typealias Fixture = ExperimentFixture

  @Test func theMainTableShowsFiguresIntervalsRatesAndTimes() throws {
    let results = try Fixture.results([
      Fixture.run("brightness", 0.4), Fixture.run("dense-ae", 0.3, scaled: 0.35),
      Fixture.run("anogan", 0.2, scaled: 0.25, scans: 20),
    ])
    let table = ExperimentTables(results: results).main
    #expect(table.rows.map { $0[0].main } == ["brightness", "dense AE", "dense AE", "AnoGAN", "AnoGAN"])
    #expect(table.rows.map { $0[1].main }[1...2] == ["published", "divided by sd"])
    #expect(table.rows.map { $0[3].main } == ["592", "592", "592", "20 of 592", "20 of 592"])
    #expect(table.rows[1][4].main == "0.300" && table.rows[1][4].below == ["[0.270, 0.330]"])
    let titles = table.columns.map(\.title)
    #expect(titles.contains("Dice at the training 98th percentile"))
    #expect(!titles.contains("Dice at labelled validation"))
    let dice = try #require(titles.firstIndex(of: "Dice at FPR 1 %"))
    #expect(table.rows[1][dice].main == "0.310")
    #expect(table.rows[1][dice].below == ["[0.270, 0.330]", "(FPR 1.23 %)"])
    #expect(table.rows[0].last?.main == "2.00 ms" && table.rows[0].last?.below == ["[1.10, 180] ms"])
    #expect(table.caption.contains("Oracle: best threshold on the test labels, an upper bound"))
  }

  @Test func labelledValidationHasAColumnWhereThereIsOne() throws {
    let results = try Fixture.results([Fixture.run("brightness", 0.4, labelled: true)])
    let titles = ExperimentTables(results: results).main.columns.map(\.title)
    #expect(titles.contains("Dice at labelled validation"))
    #expect(Fixture.html(results).contains("best Dice on validation scans with a lesion"))
  }

  @Test func seedsAreSummedUpAndTheMissingOnesNamed() throws {
    let unscaled = Fixture.run("dense-ae", 0.2, seed: 1)
    let results = try Fixture.results(
      [Fixture.run("dense-ae", 0.3, scaled: 0.4), unscaled], methods: ["dense-ae", "normative"], seeds: 3)
    let main = ExperimentTables(results: results).main
    #expect(main.rows.map { $0[1].main } == ["published"])
    #expect(main.rows[0][2].main == "2" && main.rows[0][4].main == "0.250")
    #expect(main.rows[0][4].below == ["[0.170, 0.330]"])
    let html = Fixture.html(results)
    #expect(html.contains("Missing: normative-0, dense-ae-2."))
    #expect(html.contains("Left out, because not every seed has them: dense-ae &#39;divided by sd&#39;."))
    #expect(!html.contains("Best, median and worst cases"))
  }

  @Test func limitsAreSaidWhereTheyHold() throws {
    let whole = Fixture.html(try Fixture.results([Fixture.run("brightness", 0.4)], seeds: 3))
    for words in ["Lesion-free is not healthy", "310 scans trained, 49 chose", "simulated people", "5.26 %"] {
      #expect(whole.contains(words), "\(words)")
    }
    for words in ["Only axial slices", "a seeded order", "Missing:", "too few for a claim", "Left out"] {
      #expect(!whole.contains(words), "\(words)")
    }
    let limited = Fixture.html(
      try Fixture.results([Fixture.run("anogan", 0.4, scans: 20)], settings: ["recipe.zRange=[10,26]"]))
    for words in [
      "Only axial slices from z = 10 to 26 mm", "scored on 20 of 592 test scans", "a seeded order",
      "too few for a claim",
    ] {
      #expect(limited.contains(words), "\(words)")
    }
  }

  @Test func hostileNamesStayText() throws {
    let hostile = "<script>\"'&|\n"
    let figure = RunResult.CaseFigure(
      rank: "best", caseID: hostile, dice: 0.5, threshold: 1, map: "no.nii.gz")
    let run = Fixture.run("brightness", 0.4, figures: [figure])
    let results = try Fixture.results([run], description: hostile)
    let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("nowhere")
    let manifest = Manifest(
      cases: [ScanCase(participantID: hostile, image: folder.appendingPathComponent("a.png"))], source: folder
    )
    let pictures = CaseFigurePictures(manifest: manifest, folder: ExperimentFolder(folder)).pictures(of: run)
    let html = Fixture.html(results, pictures: [(hostile, pictures)])
    #expect(!html.contains("<script"))
    #expect(html.components(separatedBy: "&lt;script&gt;").count > 3)
    let cell = FigureTable(caption: hostile, columns: [.text(hostile)], rows: [[.init(hostile)]]).markdown
    #expect(cell.split(separator: "\n").count == 4)
    #expect(!cell.contains("<script") && cell.contains("&lt;script&gt;\"'&amp;\\|"))
  }

  @Test func theMarkdownHoldsBothTables() throws {
    let results = try Fixture.results([Fixture.run("brightness", 0.4), Fixture.run("dense-ae", 0.3)])
    let markdown = ExperimentReport(results, provenance: Fixture.provenance).markdown
    #expect(markdown.contains("| dense AE | published | 1 | 592 | 0.300 [0.270, 0.330] |"))
    #expect(markdown.contains("| Method | raw | eroded mask | component filter |"))
    #expect(markdown.contains("| dense AE | 0.150 / 0.200 / 0.160 | 0.300 / 0.350 / 0.310 |"))
    #expect(markdown.contains("- dense AE: does not beat brightness"))
    #expect(!markdown.contains("sub-"))
  }

  @Test func lesionFiguresAreThoseOfTheHeadlines() throws {
    let results = try Fixture.results([Fixture.run("brightness", 0.4), Fixture.run("dense-ae", 0.3)])
    let tables = LesionTables(results: results)
    #expect(
      tables.perParticipant.rows[1].map(\.main) == ["dense AE", "published", "0.250", "–", "0.2", "–"])
    let bySize = try #require(tables.bySize)
    #expect(bySize.columns.map(\.title).suffix(2) == ["<200 (8 lesions)", ">1000 (0 lesions)"])
    #expect(bySize.rows[0].map(\.main).suffix(2) == ["0.250", "–"])
    #expect(tables.detection == nil)
  }

  @Test func everyPlotIsWellFormedAndNamesItsMethods() throws {
    let results = try Fixture.results([
      Fixture.run("brightness", 0.4), Fixture.run("dense-ae", 0.3, scaled: 0.35),
      Fixture.run("spatial-vae", 0.1, scaled: 0.2),
    ])
    let plots = ExperimentPlots(results).all
    #expect(plots.map(\.name) == ["auprc", "pr-curves", "dice-boxes", "training"])
    for plot in plots {
      let parser = XMLParser(data: Data(plot.svg.source.utf8))
      #expect(parser.parse(), "\(plot.name): \(String(describing: parser.parserError))")
      for name in ["spatial VAE", plot.name == "training" ? "dense AE" : "dense AE / sd"] {
        #expect(plot.svg.source.contains(name), "\(plot.name)")
      }
      #expect(!plot.svg.source.contains("nan") && !plot.svg.source.contains("inf"))
    }
    // A falling loss has a logarithmic axis, on which equal factors are equal steps.
    #expect(plots[3].svg.source.contains(">1000</text>") && plots[3].svg.source.contains(">10</text>"))
    #expect(try ExperimentPlots(Fixture.results([])).all.isEmpty)
  }

  @Test func withoutAnyPartThePageStillStands() throws {
    let html = Fixture.html(try Fixture.results([], methods: ["brightness", "dense-ae"]))
    #expect(html.contains("Missing: brightness-0, dense-ae-0."))
    #expect(!html.contains("<svg") && !html.contains("<img"))
  }
}
