/// A table of figures for a page and a Markdown file.
struct FigureTable {
  /// A figure with qualifications such as its interval.
  struct Cell: ExpressibleByStringInterpolation {
    let main: String
    var below: [String] = []

    init(_ main: String, below: [String] = []) { (self.main, self.below) = (main, below) }

    init(stringLiteral main: String) { self.init(main) }

    var html: HTML {
      .joined([.text(main)] + below.map { .element("small", [:], .text($0)) })
    }

    var markdown: String { FigureTable.markdown(([main] + below).joined(separator: " ")) }
  }

  let caption: String
  let columns: [ReportTable.Column]
  let rows: [[Cell]]

  var report: ReportTable {
    ReportTable(caption: caption, columns: columns, rows: rows.map { $0.map(\.html) })
  }

  /// The caption as a paragraph and the table below it.
  var markdown: String {
    let titles = columns.map { Self.markdown($0.title) }
    let lines = [titles, columns.map { $0.isNumeric ? "---:" : "---" }] + rows.map { $0.map(\.markdown) }
    return Self.markdown(caption) + "\n\n" + lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }

  /// The text in one line without characters that Markdown interprets.
  private static func markdown(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("&", with: "&amp;")
      .replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
