package import Norma

/// The page of all scans of a BIDS data set.
package struct CohortReport {
  private let table: GroupTable
  private let provenance: ReportProvenance

  /// A page that links each participant's own page as `sub-LABEL.html`.
  package init(_ table: GroupTable, provenance: ReportProvenance) {
    (self.table, self.provenance) = (table, provenance)
  }

  /// The page.
  package var page: HTMLPage {
    let done = table.rows(.ok).count
    return HTMLPage(
      title: "Anomaly segmentation of a data set",
      subtitle: "\(done) of \(table.entries.count) scans segmented. \(provenance.subtitle)",
      sections: [
        HTMLPage.Section("To check", mixture + outliers + unfinished),
        HTMLPage.Section("Volume of regions", [volumes]),
        HTMLPage.Section("Scans", [.table(scans)]),
        provenance.section,
      ])
  }

  /// A warning if the scans have several thresholds.
  private var mixture: [HTMLPage.Block] {
    let kinds = Set(
      table.rows(.ok).map { row in
        let peak = row.peakThreshold.map { ", peak above \(format($0))" } ?? ""
        return "\(row.bundle ?? "?") above \(row.threshold.map { format($0) } ?? "?")\(peak)"
      })
    guard kinds.count > 1 else { return [] }
    return [
      .paragraph(
        "The scans were segmented with several settings, so their volumes cannot be compared: "
          + "\(kinds.sorted().joined(separator: "; ")).")
    ]
  }

  private var outliers: [HTMLPage.Block] {
    let found = table.entries.filter(\.isOutlier)
    guard !found.isEmpty else {
      return [
        .paragraph("No volume is an outlier (robust z beyond \(format(GroupTable.outlierLimit))).")
      ]
    }
    return [
      .table(
        ReportTable(
          caption: "Volumes that stand out: robust z beyond \(format(GroupTable.outlierLimit))",
          columns: [.text("Scan"), .number("Volume (mL)"), .number("Robust z")],
          rows: found.map {
            [
              link(to: $0.row), .text(format($0.row.lesionVolumeML ?? .nan)),
              .text(format($0.volumeZ ?? .nan)),
            ]
          }))
    ]
  }

  private var unfinished: [HTMLPage.Block] {
    let rows = table.entries.map(\.row).filter { $0.status != .ok }
    guard !rows.isEmpty else { return [.paragraph("Every scan was segmented.")] }
    return [
      .table(
        ReportTable(
          caption: "Scans without results", columns: [.text("Scan"), .text("Status"), .text("Message")],
          rows: rows.map { [$0.caseID, $0.status.rawValue, $0.message] }))
    ]
  }

  private var volumes: HTMLPage.Block {
    let values = table.entries.compactMap(\.row.lesionVolumeML)
    guard !values.isEmpty else { return .paragraph("No scan was segmented.") }
    return .plot(
      Histogram(
        title: "Volume of the regions of \(values.count) scans", xLabel: "Volume (mL)", values: values,
        bins: 20
      ).svg, caption: "Volume of all regions of each scan that was segmented.")
  }

  private var scans: ReportTable {
    ReportTable(
      caption: "All scans of the data set",
      columns: [
        .text("Scan"), .text("Status"), .number("Regions"), .number("Volume (mL)"), .number("Robust z"),
        .text("Message"),
      ],
      rows: table.entries.map { entry in
        [
          link(to: entry.row), .text(entry.row.status.rawValue),
          .text(entry.row.lesionCount.map(String.init) ?? "–"),
          .text(format(entry.row.lesionVolumeML ?? .nan)), .text(format(entry.volumeZ ?? .nan)),
          .text(entry.row.message),
        ]
      })
  }

  private func link(to row: ScanRow) -> HTML {
    let name = HTML.text(row.caseID)
    return [.ok, .failed].contains(row.status)
      ? .element("a", ["href": "\(row.participantID).html"], name) : name
  }
}
