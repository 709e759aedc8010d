import Base
public import Foundation
public import Norma

/// The pictures of a segmented case, drawn once and kept in a file for pages of later runs.
public enum CasePictures {
  /// Draws the file of a case's pictures.
  ///
  /// - Throws: `VolumeError` or `EncodingError` if encoding fails.
  public static func draw(_ figures: CohortSegmentation.Figures) throws -> Data {
    try AtomicFile.encoded(montages(of: figures))
  }

  /// Reads the pictures of a case from the folder of its results; none if there is no file that can be read.
  static func of(_ caseID: String, in output: URL) -> [Montage] {
    [Montage](json: output.appendingPathComponent(CaseFiles(caseID: caseID).pictures)) ?? []
  }

  /// The most anomalous slice, the slices of the preprocessing, then other anomalous slices.
  private static func montages(of figures: CohortSegmentation.Figures) throws -> [Montage] {
    var montages = try figures.slices.enumerated().map {
      try montage(of: $1, isFirst: $0 == 0, threshold: figures.threshold)
    }
    if let quality = figures.quality {
      montages.insert(
        try montage(of: quality, scoredRange: figures.scoredRange), at: min(1, montages.count))
    }
    return montages
  }

  /// Brain extraction and registration of a raw scan, with a veil over the brain outside the scored range.
  private static func montage(of quality: QualityPicture, scoredRange: ClosedRange<Double>?) throws -> Montage
  {
    let planes: [(plane: ImageSlice.Plane, letter: String)] = [
      (.sagittal, "x"), (.coronal, "y"), (.axial, "z"),
    ]
    let panels = try quality.slices.map { slice in
      let (plane, letter) = planes[slice.axis]
      return try MontagePanel.outlined(
        ImageSlice(width: slice.width, height: slice.height, values: slice.image, plane: plane),
        window: 0...1, mask: slice.brain, second: slice.template,
        veiled: scoredRange.map { range in
          zip(slice.brain, slice.heights).map { $0 != 0 && !range.contains($1) }
        },
        caption: "\(letter) = \(String(format: "%.0f", slice.position)) mm")
    }
    return Montage(
      caption: "The scan in template space with its brain (solid, yellow) and the template's (dashed, blue)"
        + (scoredRange == nil ? "" : "; under the grey veil it was not scored"),
      panels: panels)
  }

  private static func montage(
    of figure: Segmenter.SliceFigure, isFirst: Bool, threshold: Double
  ) throws -> Montage {
    func slice(_ values: [Float]) -> ImageSlice {
      ImageSlice(width: figure.size, height: figure.size, values: values)
    }
    let window: ClosedRange<Float> = 0...1
    let highest = max(figure.map.max() ?? 0, Float(threshold) * 2, .leastNormalMagnitude)
    var panels = [try MontagePanel.grey(slice(figure.image), window: window, caption: "scan")]
    if let reconstruction = figure.reconstruction {
      panels.append(try .grey(slice(reconstruction), window: window, caption: "reconstruction"))
    }
    panels.append(try .heat(slice(figure.map), window: 0...highest, caption: "anomaly map"))
    panels.append(
      try .outlined(slice(figure.image), window: window, mask: figure.mask, caption: "regions"))
    let position = figure.z.map { "z = \(String(format: "%.0f", $0)) mm" } ?? "z unknown"
    return Montage(
      caption: "\(isFirst ? "Most anomalous" : "Another anomalous") slice as the model sees it, \(position)",
      panels: panels)
  }
}
