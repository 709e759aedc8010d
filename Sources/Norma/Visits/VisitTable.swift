import Base
package import Cohort
package import Foundation

/// The comparisons of the sessions of a BIDS data set, from the rows of its participants.
package struct VisitTable: Sendable {
  /// The comparisons in the order of the later scans.
  package let rows: [VisitRow]
  private let dataset: DerivativeDataset

  /// Collects the row of every comparison.
  package init(of layout: BIDSLayout, in dataset: DerivativeDataset) {
    rows = layout.scans.compactMap { VisitRow(followUp: $0.scanCase.id, in: dataset) }
    self.dataset = dataset
  }

  /// Writes the table and the description of its columns, and returns the table's file; nil without a row.
  package func write() throws -> URL? {
    guard !rows.isEmpty else { return nil }
    let file = dataset.file("group_visits.tsv")
    try AtomicFile.writeIfChanged(Data(VisitRow.columns.table(of: rows).text.utf8), at: file)
    try AtomicFile.writeIfChanged(
      AtomicFile.encoded(VisitRow.columns.descriptions()), at: dataset.file("group_visits.json"))
    return file
  }
}
