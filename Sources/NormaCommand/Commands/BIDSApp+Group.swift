import ArgumentParser
import Foundation
import Norma
import NormaReports

extension BIDSApp {
  /// Writes tables, maps, figures and page of all scans, and names those that were not processed.
  func summarize(_ layout: BIDSLayout, root: URL, in dataset: DerivativeDataset) throws {
    if dryRun {
      for entry in try GroupTable(of: layout, in: dataset).entries {
        console.result("\(entry.row.caseID)\t\(entry.row.status.rawValue)")
      }
      return
    }
    let template = InstalledFiles.preprocessing.template, printer = try printing.printer()
    let analysis = try GroupAnalysis(
      of: layout, root: root, in: dataset, groupedBy: groupBy, template: template)
    try dataset.prepare()
    let visits = VisitTable(of: layout, in: dataset), page = dataset.file("group.html")
    let sessions = SessionVolumes(of: analysis.table, visits, analysis.sessionOrders)
    let files = try analysis.write() + [visits.write(), sessions.write(to: dataset)].compactMap { $0 }
    let pictures =
      analysis.frequencies.isEmpty
      ? []
      : try FrequencyPictures(of: analysis.frequencies, over: Template(folder: template))
        .montages(labels: analysis.frequencyLabels)
    let bundles = Set(analysis.table.entries.compactMap(\.row.bundle)).sorted().joined(separator: ", ")
    let report = CohortReport(
      analysis, visits: visits, sessions: sessions, frequencies: pictures,
      provenance: ReportProvenance(bundleName: bundles, version: NormaVersion.current))
    let figures = try report.writeFigures(to: dataset)
    try report.page.writeIfChanged(at: page)
    try dataset.removeGroupFiles(except: files + figures + [page])
    let printed = try printer.map { [try $0.print(page)] } ?? []
    for file in files + figures + [page] + printed { console.result(file.path) }
    analysis.warnings.forEach(console.warning)
    try requireAll(analysis.table, in: dataset)
  }

  private func requireAll(_ table: GroupTable, in dataset: DerivativeDataset) throws {
    let missing = table.rows(.missing)
    guard !missing.isEmpty else { return }
    let labels = Set(missing.map { String($0.participantID.dropFirst("sub-".count)) }).sorted()
    throw Problem(
      .someCaseFailed,
      "\(missing.count) scans were not processed: \(missing.map(\.caseID).joined(separator: ", "))",
      at: dataset.folder.path,
      advice:
        "run the level participant with --participant-label \(labels.joined(separator: " ")), then this level"
    )
  }
}
