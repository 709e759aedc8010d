public import Foundation
public import Norma

/// The page that `norma segment` leaves beside its results, and that of a participant of `norma bids`.
public struct SegmentationReport: Sendable {
  /// The cases in the order of the page.
  let cases: [SegmentationReportCase]
  let bundle: BundleDescription
  let provenance: ReportProvenance
  /// The largest number of cases with pictures. Few cases show more pictures each.
  var pictureLimit = Self.usualPictureLimit

  private static let usualPictureLimit = 100
}

extension SegmentationReport {
  /// The page of all cases in a folder of results.
  ///
  /// - Throws: A ``Problem`` if the table of cases cannot be read.
  public init(
    of output: URL, bundle: ModelBundle, by rule: RegionRule, provenance: ReportProvenance
  ) throws {
    var picturesLeft = Self.usualPictureLimit
    let results = try ResultFolder(contentsOf: output)
    let cases = results.cases.map { row in
      guard row.status == "ok", let record = CaseRecord(of: row.id, in: output) else {
        return SegmentationReportCase(
          caseID: row.id, seconds: row.seconds ?? 0, outcome: .failed(message: row.message))
      }
      let pictures = picturesLeft > 0 ? CasePictures.of(row.id, in: output) : []
      if !pictures.isEmpty { picturesLeft -= 1 }
      let own = row.threshold.map { RegionRule(extent: $0, peak: row.peak) } ?? rule
      return SegmentationReportCase(
        caseID: row.id, seconds: row.seconds ?? 0,
        outcome: .done(
          record.result, rule: own.extent == rule.extent && own.peak == rule.peak ? rule : own, pictures),
        bundleName: row.bundleName, toTemplate: CaseRecord.toTemplate(of: row.id, in: output))
    }
    self.init(cases, bundle, rule, provenance)
  }

  /// The page of a participant of a BIDS data set, with all scans that have results there.
  package init(
    participant: String, in dataset: DerivativeDataset, of bundle: ModelBundle, by rule: RegionRule,
    provenance: ReportProvenance
  ) {
    let cases = dataset.rows(of: participant).compactMap { row -> SegmentationReportCase? in
      guard row.status != .failed else {
        return SegmentationReportCase(caseID: row.caseID, outcome: .failed(message: row.message))
      }
      guard row.status == .ok, let record = CaseRecord(of: row.caseID, in: dataset.folder) else { return nil }
      let pictures = CasePictures.of(row.caseID, in: dataset.folder)
      return SegmentationReportCase(
        caseID: row.caseID,
        outcome: .done(record.result, rule: row.rule ?? rule, pictures),
        toTemplate: CaseRecord.toTemplate(of: row.caseID, in: dataset.folder))
    }
    self.init(cases, bundle, rule, provenance)
  }

  private init(
    _ cases: [SegmentationReportCase], _ bundle: ModelBundle, _ rule: RegionRule,
    _ provenance: ReportProvenance
  ) {
    var provenance = provenance
    provenance.settings.append(("Regions", bundle.description.meaning(of: rule)))
    self.init(cases: cases, bundle: bundle.description, provenance: provenance)
  }
}

extension SegmentationReport {
  /// The page.
  public var page: HTMLPage {
    let failed = cases.count { !$0.isDone }
    return HTMLPage(
      title: "Anomaly segmentation",
      subtitle:
        "\(cases.count == 1 ? "1 case" : "\(cases.count) cases"), \(failed) failed. \(provenance.subtitle)",
      sections: [
        HTMLPage.Section("Cases", [mixture, limitNote, .table(table)].compactMap { $0 }),
        HTMLPage.Section("Pictures", pictured.flatMap(blocks)),
      ] + (bundle.calibration.reliability.map { [$0.section(of: bundle)] } ?? []) + [
        provenance.section
      ])
  }

  /// Writes the figures of the cases into the folders of their participants in a BIDS data set.
  package func writeFigures(to dataset: DerivativeDataset) throws {
    for item in cases {
      for (name, drawing) in item.figures {
        try drawing.writeIfChanged(at: dataset.file(CaseFiles(caseID: item.caseID).figure(name)))
      }
    }
  }

  private typealias Anchored = (case: SegmentationReportCase, anchor: String)

  private var anchored: [Anchored] {
    cases.enumerated().map { ($0.element, "case-\($0.offset + 1)") }
  }

  private var pictured: [Anchored] {
    Array(anchored.filter { !$0.case.pictures.isEmpty }.prefix(pictureLimit))
  }

  /// A warning if the cases have several thresholds or bundles.
  private var mixture: HTMLPage.Block? {
    let kinds = Set(cases.compactMap { $0.settings(ofBundle: bundle.name) })
    guard kinds.count > 1 else { return nil }
    return .paragraph(
      "The cases were segmented with several settings, so their volumes cannot be compared: "
        + "\(kinds.sorted().joined(separator: "; ")).")
  }

  private var limitNote: HTMLPage.Block? {
    let done = cases.count(where: \.isDone)
    guard pictured.count == pictureLimit, done > pictureLimit else { return nil }
    return .paragraph(
      "Pictures are shown for the first \(pictureLimit) of \(done) cases; the table lists all of them.")
  }

  private var table: ReportTable {
    let shown = Set(pictured.map(\.anchor)), isTimed = cases.contains { $0.seconds != nil }
    return ReportTable(
      caption: "All cases of the run",
      columns: [
        .text("Case"), .text("Status"), .number("Regions"), .number("Volume (mL)"),
      ] + (isTimed ? [.number("Time (s)")] : []) + [.text("Message")],
      rows: anchored.map { entry in
        let name = HTML.text(entry.case.caseID)
        return [shown.contains(entry.anchor) ? .element("a", ["href": "#\(entry.anchor)"], name) : name]
          + entry.case.cells(isTimed: isTimed).map(HTML.text)
      })
  }

  private func blocks(of entry: Anchored) -> [HTMLPage.Block] {
    [.heading(entry.case.caseID, anchor: entry.anchor)]
      + entry.case.blocks(
        anchor: entry.anchor,
        meaning: { rule, volume in
          entry.case.isOfAnotherBundle(than: bundle.name)
            ? "Regions of \(entry.case.settings(ofBundle: bundle.name) ?? "another bundle")."
            : bundle.meaning(of: rule, scoredVolumeML: volume)
        },
        mostPictures: max(2, 2 * pictureLimit / pictured.count))
  }
}
