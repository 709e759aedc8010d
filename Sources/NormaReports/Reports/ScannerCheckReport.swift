import Foundation
public import Norma

/// The page that `norma check-scanner` leaves beside its results.
public struct ScannerCheckReport: Sendable {
  private let summary: ScannerCheckSummary
  private let provenance: ReportProvenance

  /// A report about the scans of a check.
  public init(_ summary: ScannerCheckSummary, provenance: ReportProvenance) {
    (self.summary, self.provenance) = (summary, provenance)
  }

  /// The page.
  public var page: HTMLPage {
    let failed = summary.cases.count { $0.result == nil }, count = summary.cases.count
    return HTMLPage(
      title: "Check of a scanner",
      subtitle: "\(count == 1 ? "1 scan" : "\(count) scans"), \(failed) failed. \(provenance.subtitle)",
      sections: [
        HTMLPage.Section("Painted lesions", found), HTMLPage.Section("Scans", [.table(scans)]),
        provenance.section,
      ])
  }

  private var found: [HTMLPage.Block] {
    guard let all = summary.sensitivity.first else {
      return [.paragraph("No lesion was painted, because every scan failed.")]
    }
    let rows = summary.sensitivity
    let sizes = rows.filter { $0.diameter != nil && $0.contrast == nil }
    let contrasts = rows.filter { $0.diameter == nil && $0.contrast != nil }
    let places = rows.filter { $0.place != nil }
    return [
      .paragraph(
        "\(all.found) of \(all.painted) painted lesions share a voxel with a region of the mask: "
          + "\(percent(all.sensitivity)) (95 % interval \(interval(all))). Lesions are bright spheres with soft "
          + "edges. Contrast is their brightness divided by that of white matter; grey matter has about 1.2. "
          + "A painted lesion is simpler than a real one, so this is what the bundle can find at best."),
      .plot(plot, caption: "Sensitivity by diameter, for each contrast."),
      .table(table("By diameter", "Diameter (mm)", sizes) { format($0.diameter ?? .nan) }),
      .table(table("By contrast", "Contrast", contrasts) { format($0.contrast ?? .nan) }),
      .table(table("By place", "Place", places) { $0.place?.rawValue ?? "unknown" }),
    ]
  }

  private var plot: SVG {
    let cells = summary.sensitivity.filter { $0.diameter != nil && $0.contrast != nil }
    return LinePlot(
      title: "Painted lesions found", xLabel: "Diameter (mm)", yLabel: "Sensitivity",
      series: summary.settings.contrasts.sorted().map { contrast in
        LinePlot.Series(
          "contrast \(format(contrast))",
          points: cells.filter { $0.contrast == contrast }.map { ($0.diameter ?? .nan, $0.sensitivity) })
      }, yRange: 0...1
    ).svg
  }

  private func table(
    _ caption: String, _ heading: String, _ rows: [ScannerCheckSensitivity],
    name: (ScannerCheckSensitivity) -> String
  ) -> ReportTable {
    ReportTable(
      caption: caption,
      columns: [
        .text(heading), .number("Painted"), .number("Found"), .number("Sensitivity"),
        .number("95 % interval"), .number("Found / painted volume"), .number("Same place"),
      ],
      rows: rows.map { row in
        [
          name(row), "\(row.painted)", "\(row.found)", percent(row.sensitivity), interval(row),
          format(row.volumeRatio ?? .nan), row.placeAgreement.map(percent) ?? "–",
        ]
      })
  }

  private var scans: ReportTable {
    ReportTable(
      caption: "Regions before painting: false ones, if the scan has no lesion. Other regions are those that "
        + "painting left elsewhere",
      columns: [
        .text("Scan"), .number("Regions before"), .number("Volume before (mL)"), .number("Painted"),
        .number("Found"), .number("Other regions"), .text("Message"),
      ],
      rows: summary.cases.map { scan in
        guard let result = scan.result else {
          return [scan.caseID, "–", "–", "–", "–", "–", scan.message ?? ""]
        }
        return [
          scan.caseID, "\(result.regionsBefore)", format(result.volumeBeforeML), "\(result.lesions.count)",
          "\(result.lesions.count { $0.found != nil })", "\(result.otherRegions)",
          result.notes.joined(separator: " "),
        ]
      })
  }

  private func percent(_ fraction: Double) -> String { String(format: "%.0f %%", 100 * fraction) }

  private func interval(_ row: ScannerCheckSensitivity) -> String {
    row.interval.map { String(format: "%.0f", 100 * $0) }.joined(separator: " to ") + " %"
  }
}
