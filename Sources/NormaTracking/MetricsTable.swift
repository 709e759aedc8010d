public import Foundation
import Norma

/// `metrics.csv` of a run: one row an epoch.
public struct MetricsTable: Sendable {
  /// The columns' names in their order; empty before the first epoch.
  public let names: [String]
  private let rows: [[Double]]

  /// Reads the table; one that is not there yet is empty. Throws a ``Problem`` for one that cannot be read, or for rows of
  /// another length.
  public init(contentsOf url: URL) throws {
    let isThere = FileManager.default.fileExists(atPath: url.path)
    guard let text = isThere ? try? String(contentsOf: url, encoding: .utf8) : "" else {
      throw Problem(
        .missingInput, "the metrics cannot be read", at: url.path,
        advice: "check the rights of the file; norma train --resume writes it anew")
    }
    let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    names = lines.first?.map(String.init) ?? []
    rows = lines.dropFirst().map { $0.map { Double($0) ?? .nan } }
    guard rows.allSatisfy({ $0.count == names.count }) else {
      throw Problem(
        .badData, "the rows of the metrics have not all \(names.count) columns", at: url.path,
        advice: "delete the file; norma train --resume writes it anew")
    }
  }

  /// How many epochs.
  public var count: Int { rows.count }

  /// A column by its name, NaN where it has no number; empty where there is no such column.
  public func column(_ name: String) -> [Double] {
    guard let index = names.firstIndex(of: name) else { return [] }
    return rows.map { $0[index] }
  }
}
