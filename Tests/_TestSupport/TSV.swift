package import Foundation
import Testing

/// A table of tab-separated values as a user's script reads it.
package struct TSV {
  package let columns: [String]
  package let rows: [[String: String]]

  package init(_ url: URL) throws { try self.init(text: String(contentsOf: url, encoding: .utf8)) }

  package init(text: String) throws {
    let lines = text.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    let columns = try #require(lines.first)
    self.columns = columns
    rows = lines.dropFirst().map { Dictionary(zip(columns, $0), uniquingKeysWith: { first, _ in first }) }
    #expect(lines.allSatisfy { $0.count == columns.count }, "ragged rows: \(text)")
  }
}
