public import Foundation
import Norma

/// A report as one HTML file that needs no script, no network and no other file.
public struct HTMLPage: Sendable {
  /// A part of the page with a heading of its own.
  public struct Section: Sendable {
    /// The heading, as text.
    public let heading: String
    /// The content below the heading.
    public let blocks: [Block]

    /// A section; its anchor is its number in the page.
    public init(_ heading: String, _ blocks: [Block]) {
      self.heading = heading
      self.blocks = blocks
    }
  }

  /// The content of a section.
  public enum Block: Sendable {
    /// A paragraph of text.
    case paragraph(String)
    /// A smaller heading with an anchor for links within the page.
    case heading(String, anchor: String)
    /// Names and their values, as text.
    case facts([(name: String, value: String)])
    /// A table.
    case table(ReportTable)
    /// A drawing with its caption.
    case plot(SVG, caption: String)
    /// A row of pictures with an anchor for links within the page.
    case montage(Montage, anchor: String = "")
    /// Text in fixed width, such as a command line.
    case code(String)
  }

  /// The name of the page.
  public let title: String
  /// One line below the title, as text.
  public let subtitle: String
  /// The parts of the page from top to bottom.
  public let sections: [Section]

  /// A page of sections.
  public init(title: String, subtitle: String, sections: [Section]) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  /// The whole file.
  public var html: String {
    let anchored = sections.enumerated().map { (anchor: "section-\($0.offset + 1)", section: $0.element) }
    let links = anchored.map { anchor, section in
      HTML.element("li", [:], .element("a", ["href": "#\(anchor)"], .text(section.heading)))
    }
    let parts = anchored.map { anchor, section in
      HTML.element(
        "section", ["aria-labelledby": anchor],
        .element("h2", ["id": anchor], .text(section.heading)),
        .joined(section.blocks.map(\.html), separator: "\n"))
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTML.escape(title))</title>
      <style>\(StyleSheet.page)</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header><h1>\(HTML.escape(title))</h1><p>\(HTML.escape(subtitle))</p></header>
      <nav aria-label="Sections"><ul>\(HTML.joined(links).source)</ul></nav>
      <main id="main">
      \(HTML.joined(parts, separator: "\n").source)
      </main>
      <footer><p>Research use only. Not a medical device.</p></footer>
      </body>
      </html>

      """
  }

  /// Writes the page atomically.
  ///
  /// - Throws: A `Problem` of kind `inputOutput` or `cannotCreate` that names the file.
  public func write(to url: URL) throws {
    try AtomicFile.write(html, to: url)
  }

  /// Writes the page unless the file already contains it.
  package func writeIfChanged(at url: URL) throws { try AtomicFile.writeIfChanged(Data(html.utf8), at: url) }
}

extension HTMLPage.Block {
  /// The drawing of a plot or a montage for a file of its own; nil for other blocks.
  var drawing: SVG? {
    switch self {
    case .plot(let svg, _): svg
    case .montage(let montage, _): montage.svg
    default: nil
    }
  }

  var html: HTML {
    switch self {
    case .paragraph(let text): .element("p", [:], .text(text))
    case .heading(let text, let anchor): .element("h3", ["id": anchor], .text(text))
    case .facts(let facts):
      .element(
        "dl", [:],
        .joined(
          facts.map { .joined([.element("dt", [:], .text($0.name)), .element("dd", [:], .text($0.value))]) }))
    case .table(let table): table.html
    case .plot(let svg, let caption):
      .element(
        "figure", ["class": "plot"], HTML(markup: svg.source), .element("figcaption", [:], .text(caption)))
    case .montage(let montage, let anchor): montage.html(anchor: anchor)
    case .code(let text): .element("pre", [:], .element("code", [:], .text(text)))
    }
  }
}
