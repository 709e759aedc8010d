import Base
package import Foundation
import StrictSettings
import Volumes

/// The table `participants.tsv` of a BIDS data set.
package struct BIDSParticipants: Sendable {
  package static let fileName = "participants.tsv"
  private static let key = "participant_id"

  /// The names of the columns in their order, without that of the participants.
  package let columns: [String]
  /// The file.
  package let url: URL
  private let rows: [String: [String: String]]
  /// The units of columns, and the columns whose numbers are codes.
  private let units: [String: String], coded: Set<String>

  /// Reads the table of a data set and the descriptions of its columns in `participants.json`; nil if there
  /// is none.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if it is not a table of one row per participant, or `VolumeError` for
  ///   a link without its content.
  package init?(of root: URL) throws {
    url = root.appendingPathComponent(Self.fileName)
    try VolumeReader.requireContent(of: url)
    guard let data = try? Data(contentsOf: url) else { return nil }
    let location = url.path
    func refuse(_ what: String) -> Problem {
      Problem(
        .badData, what, at: location,
        advice:
          "give it a header with \(Self.key) and one row of as many cells per participant, separated by tabs")
    }
    guard let text = String(data: data, encoding: .utf8),
      let header = text.split(whereSeparator: \.isNewline).first, let table = Table.rows(of: text)
    else { throw refuse("\(Self.fileName) is not a table of tab-separated UTF-8 text") }
    let names = header.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard names.contains(Self.key) else { throw refuse("\(Self.fileName) has no column \(Self.key)") }
    columns = names.filter { $0 != Self.key }
    rows = Dictionary(table.map { ($0[Self.key] ?? "", $0) }, uniquingKeysWith: { first, _ in first })
    guard rows.count == table.count else {
      let ids = table.compactMap { $0[Self.key] }
      let twice = ids.first { id in ids.count { $0 == id } > 1 } ?? ""
      throw refuse("\(Self.fileName) has two rows of '\(twice)'")
    }
    let sidecar = url.deletingPathExtension().appendingPathExtension("json")
    let descriptions = (try? Data(contentsOf: sidecar))
      .flatMap { try? JSONDecoder().decode(ConfigurationNode.self, from: $0) }
    units = columns.reduce(into: [:]) { $0[$1] = descriptions?[$1]?["Units"]?.string }
    coded = Set(columns.filter { descriptions?[$0]?["Levels"] != nil })
  }

  /// Whether the table has a row of this participant.
  package func has(_ participantID: String) -> Bool { rows[participantID] != nil }

  /// A value of a participant; nil where the table has none.
  package func value(_ column: String, of participantID: String) -> String? {
    rows[participantID]?.cell(column)
  }

  /// The numbers of a column by participant; nil if the column has other values, or if they are codes.
  package func numbers(_ column: String) -> [String: Double]? {
    guard !coded.contains(column) else { return nil }
    let values = rows.keys.compactMap { id in value(column, of: id).map { (id, Double($0)) } }
    let numbers = values.compactMap { id, number in number.flatMap { $0.isFinite ? (id, $0) : nil } }
    return numbers.count == values.count && !numbers.isEmpty
      ? Dictionary(uniqueKeysWithValues: numbers) : nil
  }

  /// The name of a column with its unit.
  package func label(_ column: String) -> String { units[column].map { "\(column) (\($0))" } ?? column }
}
