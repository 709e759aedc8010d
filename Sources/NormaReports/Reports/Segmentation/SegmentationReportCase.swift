import Foundation
import Norma
import Volumes

/// One case on the page of a segmentation.
struct SegmentationReportCase: Sendable {
  /// The outcome of a case.
  enum Outcome: Sendable {
    case done(CaseResult, rule: RegionRule, [Montage])
    case failed(message: String)
  }

  let caseID: String
  /// The seconds that the case took; nil on pages that do not depend on the time.
  var seconds: Double?
  let outcome: Outcome
  /// The bundle of the results; nil for that of the page.
  var bundleName: String?
  /// The map from scanner to template mm; nil if the scan's place in the template is unknown.
  var toTemplate: Affine?

  var isDone: Bool { if case .done = outcome { true } else { false } }

  var pictures: [Montage] { if case .done(_, _, let pictures) = outcome { pictures } else { [] } }

  /// Whether the results are of another bundle than the page's.
  func isOfAnotherBundle(than name: String) -> Bool { bundleName.map { $0 != name } == true }

  /// The bundle and the rule in words; nil for a failed case.
  func settings(ofBundle name: String) -> String? {
    guard case .done(_, let rule, _) = outcome else { return nil }
    let peak = rule.peak.map { ", peak above \(format($0))" } ?? ""
    return "\(bundleName ?? name) above \(format(rule.extent))\(peak)"
  }

  /// The pictures and the plot of intensities as drawings, by the names of their figures.
  var figures: [(name: String, drawing: SVG)] {
    guard case .done(let result, _, let pictures) = outcome else { return [] }
    return pictures.compactMap { picture in picture.name.map { ($0, picture.svg) } }
      + (result.intensity.map { [("intensity", $0.plot)] } ?? [])
  }

  /// The cells of the table of cases, without the name.
  func cells(isTimed: Bool) -> [String] {
    let time = isTimed ? [format(seconds ?? .nan)] : []
    return switch outcome {
    case .done(let result, _, _):
      ["done", "\(result.lesions.count)", format(result.lesionVolumeML)] + time + [result.message]
    case .failed(let message): ["failed", "–", format(.nan)] + time + [message]
    }
  }

  /// Notes, pictures, intensities and regions; none for a failed case. `meaning` says what a rule means in so
  /// many mL of scored brain.
  func blocks(
    anchor: String, meaning: (RegionRule, Double) -> String, mostPictures: Int
  ) -> [HTMLPage.Block] {
    guard case .done(let result, let rule, let pictures) = outcome else { return [] }
    var blocks = (result.preprocessing.sentences + result.notes).map(HTMLPage.Block.paragraph)
    blocks.append(.paragraph(meaning(rule, result.scoredVolumeML)))
    blocks += pictures.prefix(mostPictures).enumerated()
      .map { .montage($1, anchor: "\(anchor)-pictures-\($0 + 1)") }
    if let intensity = result.intensity {
      blocks.append(
        .plot(
          intensity.plot, caption: "Intensities in the brain of \(caseID) and of the training scans"))
    }
    if !result.lesions.isEmpty { blocks.append(.table(regionTable(result.lesions))) }
    return blocks
  }

  private static let mostRegions = 20

  private func regionTable(_ lesions: [Lesion]) -> ReportTable {
    let hasPValues = lesions.contains { $0.pValue != nil }
    let meaningOfP =
      hasPValues
      ? ". p: probability that a brain without a lesion has a region with this score and volume" : ""
    let shown = lesions.prefix(Self.mostRegions)
    let places = shown.map { RegionPlace(of: $0, toTemplate: toTemplate) }
    let isPlaced = places.contains { !$0.name.isEmpty }
    return ReportTable(
      caption: shown.count < lesions.count
        ? "The largest \(shown.count) of \(lesions.count) regions of \(caseID)\(meaningOfP)"
        : "Regions of \(caseID)\(meaningOfP)",
      columns: [.number("Region"), .number("Volume (mL)"), .number("Highest score")]
        + (hasPValues ? [.number("p")] : [])
        + (isPlaced ? [.text("Place"), .text("Centre, template mm")] : [])
        + [.text("Centre, scanner mm")],
      rows: zip(shown, places).map { region, place in
        [String(region.id), format(region.volumeMM3 / 1000), format(region.maximumScore)]
          + (hasPValues ? [format(region.pValue ?? .nan)] : [])
          + (isPlaced ? [place.name.isEmpty ? "–" : place.name, place.template ?? "–"] : []) + [place.scanner]
      })
  }
}

extension PreprocessingRecord {
  /// The scan's grid and the steps that were left out, in sentences.
  fileprivate var sentences: [String] {
    guard !grid.isEmpty else { return [] }
    let leftOut = Dictionary(grouping: steps.filter { !$0.isDone }, by: \.detail)
    return ["Scan: \(grid)."]
      + leftOut.sorted { $0.key < $1.key }.map { reason, steps in
        "Not done: \(steps.map(\.name).joined(separator: ", ")) (\(reason))."
      }
  }
}

extension InputDomain.IntensityComparison {
  /// The two distributions in one plot.
  fileprivate var plot: SVG {
    func points(_ shares: [Double]) -> [(x: Double, y: Double)] {
      shares.enumerated().map { ((Double($0.offset) + 0.5) * binWidth, $0.element * 100) }
    }
    return LinePlot(
      title: "Intensity", xLabel: "intensity as the model sees it", yLabel: "share of the brain (%)",
      series: [
        LinePlot.Series("this scan", points: points(scan)),
        LinePlot.Series("training scans", points: points(training), isReference: true),
      ]
    ).svg
  }
}
