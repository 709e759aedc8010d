public import Foundation
import Norma

/// The table `metrics.csv` of a run: one row per epoch.
public struct MetricsTable: Sendable {
  /// The names of the columns; empty before the first epoch.
  public let names: [String]
  private let rows: [[Double]]

  /// Reads the table; a missing file gives an empty table.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if the file cannot be read, `badData` if its rows differ
  ///   in length.
  public init(contentsOf url: URL) throws {
    let isThere = FileManager.default.fileExists(atPath: url.path)
    guard let text = isThere ? try? String(contentsOf: url, encoding: .utf8) : "" else {
      throw Problem(
        .missingInput, "the metrics cannot be read", at: url.path,
        advice: "check the permissions of the file; norma train --resume rewrites it")
    }
    let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    names = lines.first?.map(String.init) ?? []
    rows = lines.dropFirst().map { $0.map { Double($0) ?? .nan } }
    guard rows.allSatisfy({ $0.count == names.count }) else {
      throw Problem(
        .badData, "not all rows of the metrics have \(names.count) columns", at: url.path,
        advice: "delete the file; norma train --resume rewrites it")
    }
  }

  /// The number of epochs.
  public var count: Int { rows.count }

  /// The column of this name, with NaN for cells that are not numbers; empty if there is no such column.
  public func column(_ name: String) -> [Double] {
    guard let index = names.firstIndex(of: name) else { return [] }
    return rows.map { $0[index] }
  }
}
