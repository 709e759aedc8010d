import Base
public import Norma

/// The page of two compared visits.
public struct VisitReport: Sendable {
  private let visits: ComparedVisits
  private let pictures: VisitPictures
  private let provenance: ReportProvenance

  /// The page of a comparison.
  ///
  /// - Throws: `VolumeError` if a picture cannot be encoded.
  public init(_ visits: ComparedVisits, provenance: ReportProvenance) throws {
    (self.visits, self.provenance) = (visits, provenance)
    pictures = try VisitPictures(visits.comparison)
  }

  /// The page.
  public var page: HTMLPage {
    let record = visits.record
    return HTMLPage(
      title: "Two visits of \(record.participantID)",
      subtitle: "\(record.baseline.caseID) and \(record.followUp.caseID). \(provenance.subtitle)",
      sections: [
        HTMLPage.Section(
          "Result", [.table(totals), .paragraph(counts)] + record.notes.map { .paragraph($0) }),
        HTMLPage.Section("Regions", [.table(regions)]),
        HTMLPage.Section(
          "Pictures", pictures.montages.enumerated().map { .montage($1, anchor: "visits-\($0 + 1)") }),
        HTMLPage.Section("Registration and rule", [.facts(facts)]), provenance.section,
      ])
  }

  private var totals: ReportTable {
    let record = visits.record
    let rows = [("Baseline", record.baseline), ("Follow-up", record.followUp)].map { name, visit in
      [name, visit.caseID, "\(visit.regions)", format(visit.volumeML), format(visit.jointVolumeML)]
    }
    func signed(_ volume: Double) -> String { (volume > 0 ? "+" : "") + format(volume) }
    let added = record.followUp.regions - record.baseline.regions
    return ReportTable(
      caption:
        "All regions. In its own mask, a visit lacks regions whose peak is just below the threshold; both visits "
        + "together have them. The last row counts the regions with evidence of a change alone",
      columns: [
        .text("Visit"), .text("Case"), .number("Regions"), .number("Own mask (mL)"),
        .number("Both together (mL)"),
      ],
      rows: rows + [
        [
          "Difference", "–", "\(added)", signed(record.followUp.volumeML - record.baseline.volumeML),
          signed(record.followUp.jointVolumeML - record.baseline.jointVolumeML),
        ],
        ["Change with evidence", "–", "–", "–", signed(record.evidentChangeML)],
      ])
  }

  private var counts: String {
    let counted = ChangedRegion.Kind.allCases.map { "\(visits.comparison.count($0)) \($0.rawValue)" }
    return
      "Matched regions: \(counted.joined(separator: ", ")). Unsure: in one mask only, without evidence of a change."
  }

  private static let mostRegions = 40

  private var regions: ReportTable {
    let all = visits.comparison.regions.inOrderOfInterest, shown = all.prefix(Self.mostRegions)
    return ReportTable(
      caption: (shown.count < all.count
        ? "\(shown.count) of \(all.count) regions, changes first" : "All regions")
        + ". Mean change: of the part that is in one mask only, in standard deviations of stable white matter. "
        + "Excess: change of the brightness above white matter, summed over the region and 2 mm around. "
        + "Confidence: share of random places in white matter that change less",
      columns: [
        .number("Region"), .text("Change"), .number("Baseline (mL)"), .number("Follow-up (mL)"),
        .number("Mean change"), .number("Excess (%)"), .number("Confidence"), .text("Centre half way, mm"),
      ],
      rows: shown.map { region in
        [
          "\(region.id)", region.kind.rawValue, format(region.baselineVolume / 1000),
          format(region.followUpVolume / 1000), format(region.meanChange),
          format(100 * region.excessChange), format(region.confidence ?? .nan),
          RegionPlace.text(region.centroid),
        ]
      })
  }

  private var facts: [(name: String, value: String)] {
    let registration = visits.record.registration, rule = visits.record.rule
    let stretch = (0..<3).map { format(registration.stretch[$0]) }.joined(separator: ", ")
    return [
      ("Map", "rigid; half of it moves each visit"),
      ("Difference of its two directions", "\(format(registration.inconsistency)) mm"),
      ("Stretch of an affine map along R, A, S", stretch),
      ("Overlap of the brains (Dice)", format(registration.overlap)),
      ("Correlation of the fine structure", format(registration.agreement)),
      (
        "A change",
        "confidence from \(format(rule.confidence)), mean change from \(format(rule.meanChange)); new and resolved "
          + "from a change of the anomaly map of \(format(rule.scoreChange)) and from \(format(rule.volume)) mm³; "
          + "enlarged and shrunk from \(format(100 * rule.excessRatio)) % of the excess and "
          + "\(format(100 * rule.volumeRatio)) % of the volume"
      ),
    ]
  }
}

extension [ChangedRegion] {
  /// The changed regions first, each kind by size.
  var inOrderOfInterest: [ChangedRegion] {
    let order: [ChangedRegion.Kind] = [.new, .enlarged, .shrunk, .resolved, .unsure, .stable]
    return order.flatMap { kind in filter { $0.kind == kind } }
  }
}
