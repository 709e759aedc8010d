public import Foundation
public import Norma

extension ExperimentReport {
  /// A report with pictures from the manifest's scans and the maps in the experiment's folder.
  public init(
    _ results: ExperimentResults, manifest: Manifest, folder: ExperimentFolder, provenance: ReportProvenance
  ) {
    let plan = results.plan, figures = CaseFigurePictures(manifest: manifest, folder: folder)
    var provenance = provenance
    provenance.settings += [
      ("Scale", "\(plan.scale.rawValue) x \(plan.scale.rawValue) pixels"), ("Seeds", "\(plan.seeds)"),
      ("Settings", plan.settings.isEmpty ? "as in the presets" : plan.settings.joined(separator: ", ")),
    ]
    self.init(
      results, pictures: results.runs.map { ($0.method, figures.pictures(of: $0)) }, provenance: provenance)
  }

  /// Writes page, Markdown tables and plots, and returns the files.
  ///
  /// - Throws: A `Problem` that names the file which cannot be written.
  public func write(to folder: ExperimentFolder) throws -> [URL] {
    let plots = ExperimentPlots(results).all
    for plot in plots { try AtomicFile.write(plot.svg.source + "\n", to: folder.plot(plot.name)) }
    try AtomicFile.write(markdown, to: folder.summary)
    try page.write(to: folder.report)
    return [folder.report, folder.summary] + plots.map { folder.plot($0.name) }
  }

  /// The main table in fixed width, for a terminal.
  public var summary: String {
    let columns = [
      ("AUPRC", "auprc"), ("Dice oracle", "dice_oracle"), ("Dice FPR 1 %", "dice_fpr_0.01"),
    ]
    let lines = results.headlines.map { row in
      Self.line(row.method, row.chain, columns.map { Self.text(row.figures[$0.1]) })
    }
    return ([Self.line("method", "chain", columns.map(\.0))] + lines).joined(separator: "\n")
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
