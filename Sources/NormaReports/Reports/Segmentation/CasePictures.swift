import Base
public import Foundation
public import Norma
import Volumes

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

  /// The number of regions that have pictures of their own.
  private static let regionsWithPlanes = 3

  /// Brain and template, the T1w, the largest regions, all levels, then the most anomalous slices as the model sees
  /// them.
  private static func montages(of figures: CohortSegmentation.Figures) throws -> [Montage] {
    let scores = figures.map.voxels.lazy.filter(\.isFinite) + figures.slices.lazy.flatMap(\.map)
    let highest = max(scores.max() ?? 0, Float(figures.threshold) * 2, .leastNormalMagnitude)
    var montages = [Montage]()
    if let quality = figures.quality {
      montages.append(try montage(of: quality, scoredRange: figures.scoredRange))
    }
    if let grid = try CaseGrid(figures) {
      if figures.t1w != nil { montages.append(try contrasts(of: grid)) }
      montages += try figures.lesions.prefix(regionsWithPlanes).map {
        try planes(through: $0, of: figures, grid, highest: highest)
      }
      montages.append(try levels(of: grid))
    }
    return try montages
      + figures.slices.enumerated().map { try montage(of: $1, rank: $0 + 1, highest: highest) }
  }

  /// Brain extraction and registration of a raw scan, with a veil over the brain outside the scored range.
  private static func montage(of quality: QualityPicture, scoredRange: ClosedRange<Double>?) throws -> Montage
  {
    let panels = try quality.slices.map { slice in
      try MontagePanel.outlined(
        ImageSlice(
          width: slice.width, height: slice.height, values: slice.image, plane: .byAxis[slice.axis]),
        window: 0...1, mask: slice.brain, second: slice.template,
        veiled: scoredRange.map { range in
          zip(slice.brain, slice.heights).map { $0 != 0 && !range.contains($1) }
        },
        caption: RegionPlace.text(slice.position, axis: slice.axis))
    }
    return Montage(
      "brain",
      caption: "The brain of the scan (solid, yellow) should match that of the template (dashed, blue). "
        + "Positions are in template mm"
        + (scoredRange == nil ? "" : ". Brain under the grey overlay was not scored"),
      panels: panels)
  }

  /// The scan and the map in three planes through the centre of a region.
  private static func planes(
    through region: Lesion, of figures: CohortSegmentation.Figures, _ grid: CaseGrid, highest: Float
  ) throws -> Montage {
    let place = RegionPlace(of: region, toTemplate: figures.toTemplate)
    let centre = figures.toTemplate?.apply(region.centroid) ?? region.centroid
    let planes = ImageSlice.Plane.byAxis.reversed()
    let name = place.name.isEmpty ? "" : ", \(place.name)"
    return Montage(
      "region\(region.id)",
      caption:
        "Region \(region.id)\(name): \(format(region.volumeMM3 / 1000)) mL, centre at \(place.coordinates). "
        + "Scan with all regions outlined, then the anomaly map on the scale of this case. "
        + "Positions are in \(grid.space) mm",
      panels: try planes.map { try grid.outlined($0, at: centre[$0.axis]) }
        + planes.map { try grid.heat($0, at: centre[$0.axis], highest: highest) })
  }

  /// The scan beside its T1w in three planes through the middle of the brain.
  private static func contrasts(of grid: CaseGrid) throws -> Montage {
    Montage(
      "t1w",
      caption:
        "The FLAIR and the T1w in three planes, with the outline of the brain: it should be the same in both. "
        + "Positions are in \(grid.space) mm",
      panels: try ImageSlice.Plane.byAxis.reversed().flatMap {
        try grid.contrasts($0, at: grid.middle[$0.axis])
      })
  }

  private static func levels(of grid: CaseGrid) throws -> Montage {
    Montage(
      "levels",
      caption:
        "All levels of the brain from below, with the regions outlined. Positions are in \(grid.space) mm",
      panels: try grid.levels.map { try grid.outlined(.axial, at: $0) }, isMosaic: true)
  }

  private static func montage(of figure: Segmenter.SliceFigure, rank: Int, highest: Float) throws
    -> Montage
  {
    func slice(_ values: [Float]) -> ImageSlice {
      ImageSlice(width: figure.size, height: figure.size, values: values)
    }
    let window: ClosedRange<Float> = 0...1
    var panels = [try MontagePanel.grey(slice(figure.image), window: window, caption: "scan")]
    if let reconstruction = figure.reconstruction {
      panels.append(try .grey(slice(reconstruction), window: window, caption: "reconstruction"))
    }
    panels.append(try .heat(slice(figure.map), window: 0...highest, caption: "anomaly map"))
    panels.append(
      try .outlined(slice(figure.image), window: window, mask: figure.mask, caption: "regions"))
    let position = figure.z.map { "at template \(RegionPlace.text($0, axis: 2)) mm" } ?? "of unknown position"
    return Montage(
      "slice\(rank)",
      caption:
        "\(rank == 1 ? "Most anomalous" : "Another anomalous") slice as the model sees it, \(position)",
      panels: panels)
  }
}
