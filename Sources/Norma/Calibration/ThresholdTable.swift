import Base
package import Cohort
package import Foundation

/// Thresholds that a reader chose: for single cases, and one for all others.
package struct ThresholdTable: Hashable, Sendable {
  /// The `case_id` of the row for all cases without a row of their own.
  package static let everyOther = "*"

  /// The threshold of the cases without one of their own; nil to take that of the bundle.
  package var ofOthers: Double?
  /// The thresholds of single cases, by case name.
  package var ofCases: [String: Double]

  /// A table of these thresholds.
  package init(ofOthers: Double? = nil, ofCases: [String: Double] = [:]) {
    (self.ofOthers, self.ofCases) = (ofOthers, ofCases)
  }

  /// Reads a table with the columns `case_id` and `threshold`.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` or `badData` that names the file.
  package init(contentsOf file: URL) throws {
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Problem(
        .missingInput, "the table of thresholds cannot be read", at: file.path,
        advice: "give a number, or a table with the columns case_id and threshold")
    }
    self.init()
    for row in Table.rows(of: text) ?? [[:]] {
      guard let caseID = row["case_id"], let threshold = row["threshold"].flatMap(Double.init),
        threshold >= 0, threshold.isFinite
      else {
        throw Problem(
          .badData, "the file is not a table of thresholds", at: file.path,
          advice: "give the columns case_id and threshold, a number of 0 or more in each row")
      }
      if caseID == Self.everyOther { ofOthers = threshold } else { ofCases[caseID] = threshold }
    }
  }

  /// Reads a table for these cases.
  ///
  /// - Throws: A ``Problem`` as above, and of kind `badData` if it has a threshold for none of them.
  package init(contentsOf file: URL, for cases: [ScanCase]) throws {
    try self.init(contentsOf: file)
    guard ofOthers != nil || cases.contains(where: { ofCases[$0.id] != nil }) else {
      throw Problem(
        .badData, "the table has a threshold for none of these cases", at: file.path,
        advice: "give the table of the same cases, or one with a row for all others: *")
    }
  }

  /// The text that ``init(contentsOf:)`` reads, the cases in the order of their names.
  package var text: String {
    var table = Table(columns: ["case_id", "threshold"])
    table.rows = ofOthers.map { [[Self.everyOther, "\($0)"]] } ?? []
    table.rows += ofCases.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
    return table.text
  }
}
