import Foundation

/// A tab-separated table with a header. Tabs and line breaks in cells become spaces.
package struct Table {
  package let columns: [String]
  package var rows: [[String]] = []

  package init(columns: [String]) { self.columns = columns }

  package var text: String {
    ([columns] + rows).map { $0.map(Self.clean).joined(separator: "\t") + "\n" }.joined()
  }

  /// Parses rows into dictionaries; returns nil unless every row has as many cells as the header.
  package static func rows(of text: String) -> [[String: String]]? {
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    guard let header = lines.first, lines.allSatisfy({ $0.count == header.count }) else { return nil }
    return lines.dropFirst().map { Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first }) }
  }

  private static func clean(_ cell: String) -> String {
    String(cell.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }
}
