import Foundation
import Norma
import NormaReports

/// An experiment for the terminal and as `report.html`, `table.md` and `plots/`.
struct ExperimentPages {
  private let results: ExperimentResults

  init(_ results: ExperimentResults) { self.results = results }

  /// Writes report, table and plots; the pictures need the manifest's scans and the folder's maps.
  func write(to folder: ExperimentFolder, manifest: Manifest) throws -> [URL] {
    let figures = CaseFigurePictures(manifest: manifest, folder: folder)
    let report = ExperimentReport(
      results, pictures: results.runs.map { ($0.method, figures.pictures(of: $0)) },
      provenance: ReportProvenance(bundleName: "norma experiment", settings: settings))
    let plots = ExperimentPlots(results).all
    for plot in plots { try AtomicFile.write(plot.svg.source + "\n", to: folder.plot(plot.name)) }
    try AtomicFile.write(report.markdown, to: folder.summary)
    try report.page.write(to: folder.report)
    return [folder.report, folder.summary] + plots.map { folder.plot($0.name) }
  }

  private var settings: [(name: String, value: String)] {
    let plan = results.plan
    return [
      ("Scale", "\(plan.scale.rawValue) x \(plan.scale.rawValue) pixels"), ("Seeds", "\(plan.seeds)"),
      ("Settings", plan.settings.isEmpty ? "as in the presets" : plan.settings.joined(separator: ", ")),
    ]
  }

  /// The main table in fixed width.
  var summary: String {
    let columns = [
      ("AUPRC", "auprc"), ("Dice oracle", "dice_oracle"), ("Dice FPR 1 %", "dice_healthy_fpr_0.01"),
    ]
    var lines = [Self.line("method", "chain", columns.map(\.0))]
    for row in results.rows where row.isHeadline {
      lines.append(Self.line(row.method, row.chain, columns.map { Self.text(row.figures[$0.1]) }))
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ method: String, _ chain: String, _ cells: [String]) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text.padding(toLength: width, withPad: " ", startingAt: 0)
    }
    return padded(method, 22) + padded(chain, 18) + cells.map { padded($0, 24) }.joined()
  }

  private static func text(_ figure: ExperimentResults.Figure?) -> String {
    guard let figure else { return "n/a" }
    let range = figure.interval.map { String(format: " [%.3f, %.3f]", $0[0], $0[1]) } ?? ""
    return String(format: "%.3f", figure.mean) + range
  }
}
