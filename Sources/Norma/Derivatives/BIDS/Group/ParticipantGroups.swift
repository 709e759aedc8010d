import Base
package import Cohort
import Foundation

/// The groups of participants that a column of `participants.tsv` names.
package struct ParticipantGroups: Sendable {
  /// The column that divides the participants unless another one is named.
  package static let usualColumn = "group"

  /// The name of the column; nil if all participants are one group.
  package let column: String?
  /// The values of the column in their order; empty if all participants are one group.
  package let names: [String]
  private let membership: [String: String]

  /// The groups of these participants.
  ///
  /// - Parameters:
  ///   - column: The column that was asked for; nil for ``usualColumn``, without which all are one group.
  ///   - participants: The table; nil if the data set has none.
  ///   - ids: The participants.
  /// - Throws: A ``Problem`` if the column that was asked for does not divide the participants.
  package init(by column: String?, of participants: BIDSParticipants?, ids: [String]) throws {
    let name = column ?? Self.usualColumn
    let values = ids.map { ($0, participants?.value(name, of: $0)) }
    let membership = values.reduce(into: [String: String]()) { $0[$1.0] = $1.1 }
    let names = Set(membership.values).sorted()
    if column != nil { try Self.require(name, names, of: participants) }
    let isDivided = names.count > 1
    (self.column, self.names) = (isDivided ? name : nil, isDivided ? names : [])
    self.membership = isDivided ? membership : [:]
  }

  private static func require(_ name: String, _ values: [String], of participants: BIDSParticipants?) throws {
    guard let participants else {
      throw Problem(
        .missingInput, "the data set has no \(BIDSParticipants.fileName)", at: "--group-by \(name)",
        advice: "add the table with a column '\(name)', or run without --group-by")
    }
    guard participants.columns.contains(name) else {
      throw Problem(
        .usage, "\(BIDSParticipants.fileName) has no column '\(name)'", at: participants.url.path,
        advice: nearestName(to: name, in: participants.columns).map { "did you mean '\($0)'?" }
          ?? "choose one of its columns: \(participants.columns.joined(separator: ", "))")
    }
    guard values.count > 1 else {
      throw Problem(
        .badData,
        values.first.map { "the column '\(name)' is '\($0)' for all of these participants" }
          ?? "the column '\(name)' has no value for these participants",
        at: participants.url.path, advice: "choose a column that divides them, or run without --group-by")
    }
  }

  /// The group of a participant; nil without one.
  package func group(of participantID: String) -> String? { membership[participantID] }
}
