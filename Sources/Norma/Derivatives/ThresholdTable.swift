import Base
package import Foundation

/// Thresholds that somebody chose: for single cases, and for all others.
package struct ThresholdTable: Hashable, Sendable {
  /// The `case_id` of the row that holds for all cases without a row of their own.
  package static let everyOther = "*"

  /// For the cases without one of their own; nil where that is left to the bundle.
  package var ofOthers: Double?
  /// By case.
  package var ofCases: [String: Double]

  package init(ofOthers: Double? = nil, ofCases: [String: Double] = [:]) {
    (self.ofOthers, self.ofCases) = (ofOthers, ofCases)
  }

  /// Reads a table with the columns `case_id` and `threshold`; throws a ``Problem`` that names the file.
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
          .badData, "the file is no table of thresholds", at: file.path,
          advice: "give the columns case_id and threshold, a number of 0 or more in each row")
      }
      if caseID == Self.everyOther { ofOthers = threshold } else { ofCases[caseID] = threshold }
    }
  }

  /// As ``init(contentsOf:)`` reads it, the cases in the order of their names.
  package var text: String {
    var table = Table(columns: ["case_id", "threshold"])
    table.rows = ofOthers.map { [[Self.everyOther, "\($0)"]] } ?? []
    table.rows += ofCases.sorted { $0.key < $1.key }.map { [$0.key, "\($0.value)"] }
    return table.text
  }
}
