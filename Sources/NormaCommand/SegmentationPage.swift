import Foundation
import Norma
import NormaReports

/// The report of a segmentation run, filled case by case.
struct SegmentationPage {
  let bundle: ModelBundle
  let threshold: Double
  private var cases = [SegmentationReportCase]()
  private var pictured = 0

  init(bundle: ModelBundle, threshold: Double) { (self.bundle, self.threshold) = (bundle, threshold) }

  /// Adds a case, without the pictures that the page would not show.
  mutating func add(_ entry: SegmentationReportCase) {
    var entry = entry
    if pictured == SegmentationReport.mostPictured { entry.montages = [] }
    if !entry.montages.isEmpty { pictured += 1 }
    cases.append(entry)
  }

  /// Writes the page of the cases that were added.
  func write(to url: URL) throws {
    let provenance = ReportProvenance(bundleName: bundle.description.name, settings: settings)
    try report(cases, provenance).page.write(to: url)
  }

  /// The page of these cases.
  func report(_ cases: [SegmentationReportCase], _ provenance: ReportProvenance) -> SegmentationReport {
    SegmentationReport(
      cases: cases, provenance: provenance, reliability: bundle.description.calibration.reliability)
  }

  /// What a reader of the page must know of the run.
  var settings: [(name: String, value: String)] { [("Threshold", String(format: "%.4g", threshold))] }

  /// One case of the page.
  func reportCase(_ row: CohortSegmentation.Row) throws -> SegmentationReportCase {
    SegmentationReportCase(
      caseID: row.caseID, status: row.problem == nil ? .done : .failed,
      message: row.message,
      lesionVolumeML: row.problem == nil ? row.lesionVolumeML : nil,
      lesionCount: row.problem == nil ? row.lesions.count : nil, seconds: row.seconds,
      montages: try montages(of: row),
      lesions: row.lesions.prefix(20).map {
        SegmentationReportCase.Lesion(
          id: $0.id, volumeML: $0.volumeMM3 / 1000, maxScore: $0.maximumScore, centroid: $0.centroid)
      }, notes: notes(row),
      intensity: row.intensity.map {
        SegmentationReportCase.Brightness(scan: $0.scan, training: $0.training, binWidth: $0.binWidth)
      })
  }

  /// The scan's grid and what was left out, the notes, then what the threshold means.
  private func notes(_ row: CohortSegmentation.Row) -> [String] {
    let notes = row.notes + (row.problem == nil ? [meaning(of: row.threshold, for: row)] : [])
    guard let record = row.preprocessing, !record.grid.isEmpty else { return notes }
    let leftOut = Dictionary(grouping: record.steps.filter { !$0.isDone }, by: \.detail)
    let reasons = leftOut.sorted { $0.key < $1.key }.map { reason, steps in
      "Not done: \(steps.map(\.name).joined(separator: ", ")) (\(reason))."
    }
    return ["Scan: \(record.grid)."] + reasons + notes
  }

  /// How much of a lesion-free brain lies above the threshold, so that a volume can be judged.
  private func meaning(of threshold: Double, for row: CohortSegmentation.Row) -> String {
    let calibration = bundle.description.calibration, rate = calibration.rate(above: threshold)
    let isBound = calibration.curve.first.map { threshold > $0.threshold } ?? false
    let share = String(
      format: "%.3g %% of the scored brain would, %.3g mL", rate * 100, rate * row.scoredVolumeML)
    return String(format: "Lesions are where the map exceeds %.4g. ", threshold)
      + "Without any lesion \(isBound ? "at most" : "about") \(share), on scans like those of the calibration."
  }

  /// The most anomalous slice, how the scan was prepared, then other slices.
  private func montages(of row: CohortSegmentation.Row) throws -> [Montage] {
    var montages = try row.figures.enumerated().map {
      try montage(of: $1, isFirst: $0 == 0, threshold: row.threshold)
    }
    if let picture = row.picture {
      montages.insert(try Self.montage(of: picture), at: min(1, montages.count))
    }
    return montages
  }

  /// Brain extraction and registration of a raw scan.
  static func montage(of picture: QualityPicture) throws -> Montage {
    let planes: [(plane: ImageSlice.Plane, letter: String)] = [
      (.sagittal, "x"), (.coronal, "y"), (.axial, "z"),
    ]
    let panels = try picture.slices.map { slice in
      let (plane, letter) = planes[slice.axis]
      return try MontagePanel.outlined(
        ImageSlice(width: slice.width, height: slice.height, values: slice.image, plane: plane),
        window: 0...1,
        mask: slice.brain, second: slice.template,
        caption: "\(letter) = \(String(format: "%.0f", slice.position)) mm")
    }
    return Montage(
      caption: "The scan in template space with its brain (solid, yellow) and the template's (dashed, blue)",
      panels: panels)
  }

  private func montage(of figure: Segmenter.SliceFigure, isFirst: Bool, threshold: Double) throws -> Montage {
    func slice(_ values: [Float]) -> ImageSlice {
      ImageSlice(width: figure.size, height: figure.size, values: values)
    }
    let window: ClosedRange<Float> = 0...1
    let mask = figure.map.map { Double($0) > threshold ? UInt8(1) : 0 }
    let highest = max(figure.map.max() ?? 0, Float(threshold) * 2, .leastNormalMagnitude)
    var panels = [try MontagePanel.grey(slice(figure.image), window: window, caption: "scan")]
    if let reconstruction = figure.reconstruction {
      panels.append(try .grey(slice(reconstruction), window: window, caption: "reconstruction"))
    }
    panels.append(try .heat(slice(figure.map), window: 0...highest, caption: "anomaly map"))
    panels.append(
      try .outlined(slice(figure.image), window: window, mask: mask, caption: "above the threshold"))
    let position = figure.z.map { "z = \(String(format: "%.0f", $0)) mm" } ?? "z unknown"
    return Montage(
      caption: "\(isFirst ? "Most anomalous" : "Another anomalous") slice as the model sees it, \(position)",
      panels: panels)
  }
}

extension ReportProvenance {
  /// What every page of the command says about its making.
  init(bundleName: String, settings: [(name: String, value: String)] = []) {
    self.init(
      bundleName: bundleName, settings: settings, commandLine: Self.shellLine(CommandLine.arguments),
      version: NormaVersion.current, date: Date.now.formatted(.iso8601.year().month().day()))
  }

  /// Words as a shell takes them back: those with a space or a sign in quotes.
  static func shellLine(_ words: [String]) -> String {
    words.map { word in
      guard word.isEmpty || word.contains(/[^\p{L}\p{N}_.,:=+@%\/-]/) else { return word }
      return "'\(word.replacing("'", with: "'\\''"))'"
    }.joined(separator: " ")
  }
}
