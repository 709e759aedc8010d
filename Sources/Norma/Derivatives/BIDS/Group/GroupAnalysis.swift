import Base
package import Cohort
package import Foundation

/// What the group level computes from the results of a BIDS data set.
package struct GroupAnalysis: Sendable {
  package let table: GroupTable
  package let groups: ParticipantGroups
  package let covariates: GroupCovariates
  package let sessionOrders: SessionOrders
  /// The map of all participants and those of the groups; empty without the template.
  package let frequencies: [LesionFrequency]
  /// The problems that left something out without stopping the rest.
  package let warnings: [Problem]
  private let dataset: DerivativeDataset

  /// Analyses the results of a data set.
  ///
  /// - Parameters:
  ///   - layout: The scans of the data set.
  ///   - root: The folder of the data set, with its `participants.tsv`.
  ///   - dataset: The results.
  ///   - column: The column that divides the participants; nil for the usual one, if there is one.
  ///   - template: The folder of the template.
  /// - Throws: A ``Problem`` if there are no results, if they were made in several ways, or if the column does not
  ///   divide the participants.
  package init(
    of layout: BIDSLayout, root: URL, in dataset: DerivativeDataset, groupedBy column: String?, template: URL
  ) throws {
    var warnings = [Problem]()
    func optional<Value>(_ value: () throws -> Value?) -> Value? {
      do { return try value() } catch {
        warnings.append(Problem(error))
        return nil
      }
    }
    table = try GroupTable(of: layout, in: dataset)
    let participants =
      try column == nil ? optional { try BIDSParticipants(of: root) } : BIDSParticipants(of: root)
    groups = try ParticipantGroups(by: column, of: participants, ids: table.participants)
    covariates = GroupCovariates(of: table, participants)
    sessionOrders = SessionOrders(of: layout, root: root)
    warnings += sessionOrders.warnings
    warnings += [participants.flatMap { [table] in $0.missing(among: table.participants) }].compactMap { $0 }
    let (table, groups) = (table, groups)
    frequencies =
      optional { try LesionFrequency.maps(of: table, by: groups, template: Template(folder: template)) } ?? []
    self.warnings = warnings
    self.dataset = dataset
  }

  /// The label of each map in the names of its files.
  package var frequencyLabels: [String] { frequencies.map { $0.facts.group ?? "all" }.fileLabels }

  /// Writes tables and maps, and returns their files.
  package func write() throws -> [URL] {
    let tables = [try table.write(), try covariates.write(to: dataset)].compactMap { $0 }
    return try tables + zip(frequencies, frequencyLabels).map { try $0.write(to: dataset, label: $1) }
  }
}

extension BIDSParticipants {
  /// The problem that participants with scans have no row; nil if all have one.
  fileprivate func missing(among ids: [String]) -> Problem? {
    let missing = ids.filter { !has($0) }
    guard !missing.isEmpty else { return nil }
    return Problem(
      .badData, "\(Self.fileName) has no row for \(listed(missing))", at: url.path,
      advice: "add the rows for their groups and covariates; their scans are in the other results")
  }
}
