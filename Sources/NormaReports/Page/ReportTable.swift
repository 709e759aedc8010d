/// A table with a caption; numbers are aligned to the right.
public struct ReportTable: Sendable {
  /// A column's heading and alignment.
  public struct Column: Sendable {
    /// The heading, as text.
    public let title: String
    /// Whether the cells hold numbers.
    public let isNumeric: Bool

    /// A column of words.
    public static func text(_ title: String) -> Column { Column(title: title, isNumeric: false) }

    /// A column of numbers.
    public static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
  }

  /// The caption, as text.
  public let caption: String
  /// Headings from left to right.
  public let columns: [Column]
  /// One cell per column; the first names the row.
  public let rows: [[HTML]]

  /// A table of ready cells; each row must have one cell per column.
  public init(caption: String, columns: [Column], rows: [[HTML]]) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a row of '\(caption)' has a wrong length")
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  /// A table of text cells; each row must have one cell per column.
  public init(caption: String, columns: [Column], rows: [[String]]) {
    self.init(caption: caption, columns: columns, rows: rows.map { $0.map(HTML.text) })
  }

  /// The table in a box that scrolls sideways on narrow screens.
  public var html: HTML {
    let head = columns.map { column in
      HTML.element(
        "th", ["scope": "col", "class": column.isNumeric ? "number" : "text"], .text(column.title))
    }
    let body = rows.map { row in
      let cells = zip(columns, row).enumerated().map { index, cell in
        let style = cell.0.isNumeric ? "number" : "text"
        return index == 0
          ? HTML.element("th", ["scope": "row", "class": style], cell.1)
          : HTML.element("td", ["class": style], cell.1)
      }
      return HTML.element("tr", [:], .joined(cells))
    }
    return .element(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      .element(
        "table", ["class": columns.count > 8 ? "wide" : "narrow"],
        .element("caption", [:], .element("span", [:], .text(caption))),
        .element("thead", [:], .element("tr", [:], .joined(head))),
        .element("tbody", [:], .joined(body, separator: "\n"))))
  }
}
