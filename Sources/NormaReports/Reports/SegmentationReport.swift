public import Norma

/// One case of a segmentation run, as plain values.
public struct SegmentationReportCase: Codable, Sendable {
  /// How a case ended.
  public enum Status: String, Codable, Sendable {
    /// The outputs were written.
    case done
    /// There are no outputs.
    case failed
  }

  /// One lesion of a case.
  public struct Lesion: Codable, Sendable {
    /// Its number in the label image, from 1.
    public let id: Int
    /// Its volume in mL.
    public let volumeML: Double
    /// The highest score inside it.
    public let maxScore: Double
    /// Its centre in world space, mm.
    public let centroid: SIMD3<Double>

    /// A lesion.
    public init(id: Int, volumeML: Double, maxScore: Double, centroid: SIMD3<Double>) {
      self.id = id
      self.volumeML = volumeML
      self.maxScore = maxScore
      self.centroid = centroid
    }
  }

  /// The brightness of the brain beside that of the training scans.
  public struct Brightness: Codable, Sendable {
    /// Share of the brain in each bin of the model's input, from 0 up.
    public let scan, training: [Double]
    /// Width of a bin in units of the input.
    public let binWidth: Double

    /// A comparison of two distributions.
    public init(scan: [Double], training: [Double], binWidth: Double) {
      (self.scan, self.training, self.binWidth) = (scan, training, binWidth)
    }

    fileprivate var plot: SVG {
      func points(_ shares: [Double]) -> [(x: Double, y: Double)] {
        shares.enumerated().map { ((Double($0.offset) + 0.5) * binWidth, $0.element * 100) }
      }
      return LinePlot(
        title: "Brightness", xLabel: "brightness as the model sees it", yLabel: "share of the brain (%)",
        series: [
          LinePlot.Series("this scan", points: points(scan)),
          LinePlot.Series("training scans", points: points(training), isReference: true),
        ]
      ).svg
    }
  }

  /// The case's name, for example `sub-001_ses-1`.
  public let caseID: String
  /// How it ended.
  public let status: Status
  /// Why it failed; empty where it did not.
  public let message: String
  /// Volume of all lesions in mL; nil where the case failed.
  public let lesionVolumeML: Double?
  /// Number of lesions; nil where the case failed.
  public let lesionCount: Int?
  /// Time the case took, s; nil in pages that are the same whenever they are made.
  public var seconds: Double?
  /// Pictures of slices.
  public var montages: [Montage]
  /// The lesions, largest first.
  public let lesions: [Lesion]
  /// Remarks about the case, one paragraph each.
  public let notes: [String]
  /// Nil where the bundle does not know its training scans.
  public let intensity: Brightness?

  /// A case.
  public init(
    caseID: String, status: Status, message: String = "", lesionVolumeML: Double?, lesionCount: Int?,
    seconds: Double? = nil, montages: [Montage] = [], lesions: [Lesion] = [], notes: [String] = [],
    intensity: Brightness? = nil
  ) {
    self.caseID = caseID
    self.status = status
    self.message = message
    self.lesionVolumeML = lesionVolumeML
    self.lesionCount = lesionCount
    self.seconds = seconds
    self.montages = montages
    self.lesions = lesions
    self.notes = notes
    self.intensity = intensity
  }
}

/// The page that `norma segment` leaves beside its outputs.
public struct SegmentationReport: Sendable {
  /// The cases in the order of the run.
  public let cases: [SegmentationReportCase]
  /// How the run was made: bundle, thresholds, command line, version, date.
  public let provenance: ReportProvenance
  /// How well the bundle's rates hold; nil where that was not measured.
  public let reliability: Reliability?
  /// The largest number of cases with pictures; the others are in the table only. With so many cases each shows two
  /// rows of pictures, with fewer cases more.
  public static let mostPictured = 100

  /// A report about cases.
  public init(
    cases: [SegmentationReportCase], provenance: ReportProvenance, reliability: Reliability? = nil
  ) {
    self.cases = cases
    self.provenance = provenance
    self.reliability = reliability
  }

  /// The page.
  public var page: HTMLPage {
    let failed = cases.filter { $0.status == .failed }.count
    return HTMLPage(
      title: "Anomaly segmentation",
      subtitle:
        "\(cases.count == 1 ? "1 case" : "\(cases.count) cases"), \(failed) failed. \(provenance.subtitle)",
      sections: [
        HTMLPage.Section("Cases", [limitNote, .table(table)].compactMap { $0 }),
        HTMLPage.Section("Pictures", pictured.flatMap { blocks(of: $0.case, anchor: $0.anchor) }),
      ] + (reliability.map { [$0.section] } ?? []) + [provenance.section])
  }

  private typealias Anchored = (case: SegmentationReportCase, anchor: String)

  private var anchored: [Anchored] {
    cases.enumerated().map { ($0.element, "case-\($0.offset + 1)") }
  }

  private var pictured: [Anchored] {
    Array(anchored.filter { !$0.case.montages.isEmpty }.prefix(Self.mostPictured))
  }

  private var limitNote: HTMLPage.Block? {
    let done = cases.count { $0.status != .failed }
    guard pictured.count == Self.mostPictured, done > Self.mostPictured else { return nil }
    return .paragraph(
      "Pictures are shown for the first \(Self.mostPictured) of \(done) cases; the table lists all of them.")
  }

  private var table: ReportTable {
    let shown = Set(pictured.map(\.anchor)), isTimed = cases.contains { $0.seconds != nil }
    return ReportTable(
      caption: "All cases of the run",
      columns: [
        .text("Case"), .text("Status"), .number("Lesions"), .number("Volume (mL)"),
      ] + (isTimed ? [.number("Time (s)")] : []) + [.text("Message")],
      rows: anchored.map { entry in
        let name = HTML.text(entry.case.caseID)
        return [
          shown.contains(entry.anchor) ? .element("a", ["href": "#\(entry.anchor)"], name) : name,
          .text(entry.case.status.rawValue),
          .text(entry.case.lesionCount.map(String.init) ?? "–"),
          .text(format(entry.case.lesionVolumeML ?? .nan)),
        ] + (isTimed ? [.text(format(entry.case.seconds ?? .nan))] : []) + [.text(entry.case.message)]
      })
  }

  private func blocks(of entry: SegmentationReportCase, anchor: String) -> [HTMLPage.Block] {
    var blocks: [HTMLPage.Block] = [.heading(entry.caseID, anchor: anchor)]
    blocks += entry.notes.map(HTMLPage.Block.paragraph)
    let most = max(2, 2 * Self.mostPictured / max(pictured.count, 1))
    blocks += entry.montages.prefix(most).map(HTMLPage.Block.montage)
    if let intensity = entry.intensity {
      blocks.append(
        .plot(
          intensity.plot, caption: "Brightness in the brain of \(entry.caseID) and of the training scans"))
    }
    if !entry.lesions.isEmpty {
      blocks.append(
        .table(
          ReportTable(
            caption: lesionCaption(entry),
            columns: [
              .number("Lesion"), .number("Volume (mL)"), .number("Highest score"), .number("x (mm)"),
              .number("y (mm)"), .number("z (mm)"),
            ],
            rows: entry.lesions.map { lesion in
              [String(lesion.id), format(lesion.volumeML), format(lesion.maxScore)]
                + (0..<3).map { format(lesion.centroid[$0].rounded()) }
            })))
    }
    return blocks
  }

  private func lesionCaption(_ entry: SegmentationReportCase) -> String {
    guard let count = entry.lesionCount, count > entry.lesions.count else {
      return "Lesions of \(entry.caseID)"
    }
    return "The largest \(entry.lesions.count) of \(count) lesions of \(entry.caseID)"
  }
}
