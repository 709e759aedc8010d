import Foundation

/// A table with a header; cells never contain the separator or line breaks.
package struct Table {
  package let columns: [String]
  package var rows: [[String]] = []
  private let separator: Character

  package init(columns: [String], separator: Character = "\t") {
    (self.columns, self.separator) = (columns, separator)
  }

  /// The lines of the file, the header first.
  package var text: String {
    ([columns] + rows).map { $0.map(clean).joined(separator: "\(separator)") + "\n" }.joined()
  }

  /// The rows of a tab-separated table as dictionaries; nil unless every row has as many cells as the header.
  package static func rows(of text: String) -> [[String: String]]? {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    guard let header = lines.first, lines.allSatisfy({ $0.count == header.count }) else { return nil }
    return lines.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
  }

  private func clean(_ cell: String) -> String {
    String(cell.map { $0 == separator || $0.isNewline ? " " : $0 })
  }
}

extension [String: String] {
  /// The value of a row in a column; nil if the column is missing, or if the cell is empty or n/a.
  package func cell(_ column: String) -> String? {
    self[column].flatMap { $0.isEmpty || $0 == "n/a" ? nil : $0 }
  }
}
