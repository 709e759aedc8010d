package import Base
package import Foundation

/// `cases.tsv` of an output folder, which has one row per case of all runs into the folder.
package enum CaseTable {
  package static let fileName = "cases.tsv"

  /// Adds the rows of a run: each replaces the row of its case, the others follow. A row of an earlier run is
  /// dropped when the file that it names in the column of its status is gone.
  ///
  /// - Parameters:
  ///   - table: The rows of this run, with the columns `case_id` and `status`.
  ///   - output: The folder; processes that write into it at the same time must wait for each other.
  ///   - columns: The column with a file that exists as long as a row of this status holds true.
  /// - Throws: A ``Problem`` if the table cannot be written.
  package static func add(_ table: Table, to output: URL, columns: [String: String]) throws {
    func id(_ row: [String: String]) -> String { row["case_id"] ?? "" }
    func isCurrent(_ row: [String: String]) -> Bool {
      guard let path = columns[row["status"] ?? ""].flatMap({ row[$0] }) else { return false }
      let file = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: output.path, isDirectory: true))
      return FileManager.default.fileExists(atPath: file.path) && !file.isFolder
    }
    let file = output.appendingPathComponent(fileName)
    let earlier = (try? String(contentsOf: file, encoding: .utf8)).flatMap(Table.rows) ?? []
    let rows = Table.rows(of: table.text) ?? []
    var added = Dictionary(rows.map { (id($0), $0) }, uniquingKeysWith: { first, _ in first })
    var all = earlier.compactMap { row in added.removeValue(forKey: id(row)) ?? (isCurrent(row) ? row : nil) }
    all += rows.filter { added[id($0)] != nil }
    var merged = Table(columns: table.columns)
    merged.rows = all.map { row in table.columns.map { row[$0] ?? "n/a" } }
    try AtomicFile.write(merged.text, to: file)
  }
}
