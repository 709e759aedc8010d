import Cohort
package import Foundation
package import Norma

/// The page of all scans of a BIDS data set.
package struct CohortReport {
  private let analysis: GroupAnalysis
  private let visits: VisitTable
  private let figures: CohortFigures
  private let provenance: ReportProvenance

  private var table: GroupTable { analysis.table }

  /// A page that links each participant's own page as `sub-LABEL.html`; `frequencies` are the pictures of the
  /// analysis's maps.
  package init(
    _ analysis: GroupAnalysis, visits: VisitTable, sessions: SessionVolumes, frequencies: [Montage],
    provenance: ReportProvenance
  ) {
    (self.analysis, self.visits, self.provenance) = (analysis, visits, provenance)
    figures = CohortFigures(analysis: analysis, sessionVolumes: sessions, frequencies: frequencies)
  }

  /// Writes the figures into the folder `figures` of the data set, and returns their files.
  package func writeFigures(to dataset: DerivativeDataset) throws -> [URL] {
    try figures.all.compactMap { name, block in
      guard let drawing = block.drawing else { return nil }
      let file = dataset.file("figures/group_desc-\(name)_FLAIR.svg")
      try drawing.writeIfChanged(at: file)
      return file
    }
  }

  /// The page.
  package var page: HTMLPage {
    let done = table.rows(.ok).count
    return HTMLPage(
      title: "Anomaly segmentation of a data set",
      subtitle: "\(done) of \(table.entries.count) scans segmented. \(provenance.subtitle)",
      sections: [
        HTMLPage.Section("To check", mixture + warnings + outliers + unfinished),
        HTMLPage.Section("Where the regions are", maps),
        HTMLPage.Section(
          "Volume of regions", figures.volumes.map { [$0.block] } ?? [.paragraph("No scan was segmented.")]),
      ] + [covariates, sessions].compactMap { $0 } + [
        HTMLPage.Section("Scans", [.table(scans)]),
        provenance.section,
      ])
  }

  private var warnings: [HTMLPage.Block] {
    analysis.warnings.map { .paragraph("\($0.what). What to do: \($0.advice).") }
  }

  private var maps: [HTMLPage.Block] {
    let placed = analysis.frequencies.first?.facts.participants ?? 0,
      all = Set(table.rows(.ok).map(\.participantID))
    let left = all.count - placed
    let note =
      left == 0
      ? []
      : [
        HTMLPage.Block.paragraph(
          "\(left) of \(all.count) participants are not in the map: no scan of theirs has a known place "
            + "in the template."
        )
      ]
    return note + figures.maps.map(\.block)
  }

  /// The correlations of volumes with the columns of participants.tsv; nil without a numeric column.
  private var covariates: HTMLPage.Section? {
    let covariates = analysis.covariates.covariates
    guard !covariates.isEmpty else { return nil }
    let others = analysis.covariates.otherColumns
    return HTMLPage.Section(
      "Volume and covariates",
      [
        .paragraph(
          "Spearman's rank correlation of each numeric column of participants.tsv with the volume of all "
            + "regions, with the interval of Bonett and Wright (2000). Each column is taken alone: no other column is "
            + "adjusted for, and of many columns some correlate by chance."
            + (others.isEmpty ? "" : " Not numeric: \(others.joined(separator: ", "))."))
      ] + figures.covariates.map(\.block) + [
        .table(
          ReportTable(
            caption: "Rank correlation with the volume of all regions",
            columns: [
              .text("Covariate"), .number("Participants"), .number("Rank correlation"), .number("95 % from"),
              .number("to"),
            ],
            rows: covariates.map { covariate in
              let correlation = covariate.correlation, interval = correlation?.interval
              return [covariate.label, "\(covariate.points.count)"]
                + [correlation?.coefficient, interval?.lowerBound, interval?.upperBound].map {
                  format($0 ?? .nan)
                }
            }))
      ])
  }

  /// The volumes of the sessions, and their comparisons; nil unless a participant has several.
  private var sessions: HTMLPage.Section? {
    let volumes =
      figures.sessionVolumes.participants.isEmpty ? nil : figures.sessionVolumes.report { link($0, to: $0) }
    let tables = [volumes, comparisons, failedComparisons].compactMap { $0.map(HTMLPage.Block.table) }
    let blocks = figures.sessions.map(\.block) + tables
    return blocks.isEmpty ? nil : HTMLPage.Section("Sessions", blocks)
  }

  /// The changes with evidence; nil without a comparison.
  private var comparisons: ReportTable? {
    let rows = visits.rows.filter { $0.status == .ok }
    guard !rows.isEmpty else { return nil }
    let kinds: [ChangedRegion.Kind] = [.new, .enlarged, .shrunk, .resolved]
    let columns: [ReportTable.Column] = [
      .text("Later scan"), .text("Earlier scan"), .number("Earlier (mL)"), .number("Later (mL)"),
      .number("Change with evidence (mL)"),
    ]
    return ReportTable(
      caption:
        "Compared sessions: volumes in the masks of both scans together; volume and number of the regions "
        + "with evidence of a change",
      columns: columns + kinds.map { .number($0.rawValue) } + [.text("Notes")],
      rows: rows.map { row in
        let volumes = [row.baselineVolumeML, row.followUpVolumeML, row.evidentChangeML].map {
          aligned($0 ?? .nan)
        }
        let counts = kinds.map { "\(row.counts[$0.rawValue] ?? 0)" }
        let cells: [String] = [row.baselineID ?? "–"] + volumes + counts + [row.message]
        return [.link(row.followUpID, to: row.page)] + cells.map(HTML.text)
      })
  }

  private var failedComparisons: ReportTable? {
    let rows = visits.rows.filter { $0.status != .ok }
    guard !rows.isEmpty else { return nil }
    return ReportTable(
      caption: "Sessions without a comparison",
      columns: [.text("Later scan"), .text("Earlier scan"), .text("Status"), .text("Message")],
      rows: rows.map { [$0.followUpID, $0.baselineID ?? "–", $0.status.rawValue, $0.message] })
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
    guard table.entries.contains(where: { $0.volumeZ != nil }) else {
      return [
        .paragraph(
          "Outliers were not looked for: that takes \(GroupTable.fewestVolumes) volumes that are not all alike."
        )
      ]
    }
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
    [.ok, .failed].contains(row.status) ? link(row.caseID, to: row.participantID) : .text(row.caseID)
  }

  private func link(_ name: String, to participantID: String) -> HTML {
    .link(name, to: "\(participantID).html")
  }
}

extension HTML {
  fileprivate static func link(_ name: String, to page: String) -> HTML {
    .element("a", ["href": page], .text(name))
  }
}
