import _TestSupport
import Foundation
import Testing

@testable import NormaReports

@Suite struct PageTests {
  @Test(arguments: [
    ("plain", "plain"),
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("a & b &amp; c", "a &amp; b &amp;amp; c"),
    ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
    ("Läsion 病変 🧠", "Läsion 病変 🧠"),
    ("bell\u{7}nul\u{0}", "bell\u{FFFD}nul\u{FFFD}"),
    ("tab\tline\nend", "tab\tline\nend"),
  ])
  func textIsEscaped(text: String, expected: String) {
    #expect(HTML.escape(text) == expected)
  }

  static let hostile = "<script>\"'&"

  @Test func nothingEntersAPageUnescaped() {
    let text = Self.hostile
    let table = ReportTable(caption: text, columns: [.text(text), .number(text)], rows: [[text, text]])
    let plot = LinePlot(title: text, xLabel: text, yLabel: text, series: [.init(text, values: [1, 2])])
    let page = HTMLPage(
      title: text, subtitle: text,
      sections: [
        .init(
          text,
          [
            .paragraph(text), .heading(text, anchor: text), .facts([(text, text)]), .table(table),
            .code(text),
            .plot(plot.svg, caption: text), .montage(Montage(caption: text, panels: [])),
          ])
      ])
    #expect(!page.html.contains(text))
    #expect(!page.html.contains("<script"))
    #expect(page.html.components(separatedBy: HTML.escape(text)).count > 20)
  }

  @Test func aPageHasLandmarksLanguageAndTheDisclaimer() {
    let page = HTMLPage(title: "T", subtitle: "S", sections: [.init("One", []), .init("Two", [])])
    let runs = [
      "<!DOCTYPE html>", "<html lang=\"en\">", "<a class=\"skip\" href=\"#main\">", "<nav ",
      "<main id=\"main\">",
      "<a href=\"#section-2\">Two</a>", "<h2 id=\"section-2\">Two</h2>", "<footer>",
      "Research use only. Not a medical device.", "@media print", "prefers-color-scheme: dark",
    ]
    for run in runs { #expect(page.html.contains(run), "\(run)") }
  }

  @Test func numbersAreAlignedToTheRight() {
    let table = ReportTable(caption: "c", columns: [.text("a"), .number("b")], rows: [["x", "1"]])
    #expect(table.html.source.contains("<th scope=\"col\" class=\"number\">b</th>"))
    #expect(table.html.source.contains("<th scope=\"row\" class=\"text\">x</th><td class=\"number\">1</td>"))
  }

  @Test func aPageIsWrittenWhole() throws {
    let page = HTMLPage(title: "T", subtitle: "S", sections: [])
    try withTemporaryFolder {
      let folder = $0.appendingPathComponent("new")
      let url = folder.appendingPathComponent("report.html")
      try page.write(to: url)
      #expect(try String(contentsOf: url, encoding: .utf8) == page.html)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
    }
  }
}
