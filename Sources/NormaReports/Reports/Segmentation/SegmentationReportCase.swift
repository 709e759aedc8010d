import Foundation
import Norma

/// One case on the page of a segmentation.
struct SegmentationReportCase: Sendable {
  /// The outcome of a case.
  enum Outcome: Sendable {
    case done(CaseResult, threshold: Double, [Montage])
    case failed(message: String)
  }

  let caseID: String
  /// The seconds that the case took; nil on pages that do not depend on the time.
  var seconds: Double?
  let outcome: Outcome

  var isDone: Bool { if case .done = outcome { true } else { false } }

  var pictures: [Montage] { if case .done(_, _, let pictures) = outcome { pictures } else { [] } }

  /// The cells of the table of cases, without the name.
  func cells(isTimed: Bool) -> [String] {
    let time = isTimed ? [format(seconds ?? .nan)] : []
    return switch outcome {
    case .done(let result, _, _):
      ["done", "\(result.lesions.count)", format(result.lesionVolumeML)] + time + [result.message]
    case .failed(let message): ["failed", "–", format(.nan)] + time + [message]
    }
  }

  /// Notes, pictures, intensities and lesions; none for a failed case.
  func blocks(calibration: Calibration, mostPictures: Int) -> [HTMLPage.Block] {
    guard case .done(let result, let threshold, let pictures) = outcome else { return [] }
    var blocks = (result.preprocessing.sentences + result.notes).map(HTMLPage.Block.paragraph)
    blocks.append(
      .paragraph(calibration.meaning(of: threshold, scoredVolumeML: result.scoredVolumeML)))
    blocks += pictures.prefix(mostPictures).map(HTMLPage.Block.montage)
    if let intensity = result.intensity {
      blocks.append(
        .plot(
          intensity.plot, caption: "Intensities in the brain of \(caseID) and of the training scans"))
    }
    if !result.lesions.isEmpty { blocks.append(.table(lesionTable(result.lesions))) }
    return blocks
  }

  private static let mostLesions = 20

  private func lesionTable(_ lesions: [Lesion]) -> ReportTable {
    let shown = lesions.prefix(Self.mostLesions)
    return ReportTable(
      caption: shown.count < lesions.count
        ? "The largest \(shown.count) of \(lesions.count) lesions of \(caseID)" : "Lesions of \(caseID)",
      columns: [
        .number("Lesion"), .number("Volume (mL)"), .number("Highest score"), .number("x (mm)"),
        .number("y (mm)"), .number("z (mm)"),
      ],
      rows: shown.map { lesion in
        [String(lesion.id), format(lesion.volumeMM3 / 1000), format(lesion.maximumScore)]
          + (0..<3).map { format(lesion.centroid[$0].rounded()) }
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

extension Calibration {
  /// The part of a lesion-free brain that is above a threshold, in words, so that a volume can be judged.
  fileprivate func meaning(of threshold: Double, scoredVolumeML: Double) -> String {
    let rate = rate(above: threshold), isBound = curve.first.map { threshold > $0.threshold } ?? false
    let share = String(
      format: "%.3g %% of the scored brain would, %.3g mL", rate * 100, rate * scoredVolumeML)
    return String(format: "Lesions are where the map exceeds %.4g. ", threshold)
      + "Without any lesion \(isBound ? "at most" : "about") \(share), "
      + "on scans like those of the calibration."
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
