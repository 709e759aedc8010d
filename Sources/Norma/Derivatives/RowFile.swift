import Base
import Foundation

extension Table {
  /// Returns the cells of the first row of a file by column, without those that are n/a; nil if the file is not
  /// there or is not a table.
  static func firstRow(of file: URL) -> [String: String]? {
    (try? String(contentsOf: file, encoding: .utf8)).flatMap {
      rows(of: $0)?.first?.filter { $0.value != "n/a" }
    }
  }
}
