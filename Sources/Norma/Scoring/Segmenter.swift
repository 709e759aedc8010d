import Base
import Cohort
public import Preprocessing
import Foundation
public import Tensors
public import Volumes

/// Turns a scan into an anomaly map and a lesion mask on the scan's own grid.
public final class Segmenter {
  /// What is known about one scan afterwards; every grid has the input's shape, affine and header.
  public struct Result {
    /// 0 = as expected or not scored, larger = more anomalous.
    public let anomalyMap: Volume
    /// Standard deviation of the score between draws, before any smoothing, in the map's unit; nil below two draws.
    public let uncertainty: Volume?
    /// Where the map exceeds the threshold.
    public let mask: Mask
    /// Connected regions of the mask, numbered as in `lesions`.
    public let labels: Labels
    /// The brain voxels of the slices that were looked at.
    public let brain: Mask
    /// The regions, largest first.
    public let lesions: [Lesion]
    /// The scan beside those that the model was trained on.
    public let domain: [InputDomain.Finding]
    /// Its brightness beside theirs; nil where the bundle does not know theirs.
    public let intensity: InputDomain.IntensityComparison?
    /// What the reader should know, in sentences.
    public let notes: [String]
    /// Slices with the most anomalous tissue, as the model saw them: at least one, the most anomalous first, the others
    /// above the threshold too and apart from each other.
    public let figures: [SliceFigure]
  }

  /// One slice on the model grid, (size x size) row-major, rows posterior to anterior, columns left to right.
  public struct SliceFigure: Sendable {
    /// Side of the grid in pixels.
    public let size: Int
    /// Template-space z in mm, where known.
    public let z: Double?
    public let image, map: [Float]
    /// What the model would have expected, where it reconstructs.
    public let reconstruction: [Float]?
  }

  private let scorer: Scorer
  private let modelGrid: ModelGrid
  private let domain: InputDomain?

  package init(scorer: Scorer, recipe: Recipe, domain: InputDomain? = nil) {
    (self.scorer, self.domain) = (scorer, domain)
    modelGrid = ModelGrid(recipe: recipe)
  }

  /// Throws a ``Problem`` for a scan whose name says that it is of another contrast than the model's.
  func requireContrast(of scan: ScanCase) throws {
    let contrast = modelGrid.recipe.contrast
    guard let suffix = scan.suffix, !contrast.isEmpty, suffix.lowercased() != contrast.lowercased() else {
      return
    }
    throw Problem(
      .badData, "by its name this is a \(suffix); the bundle was trained on \(contrast)", at: scan.image.path,
      advice: "give the \(contrast), a bundle trained on \(suffix), or rename the file if its name is wrong")
  }

  /// Segments a preprocessed scan at a threshold. `name` stands in messages. Throws a ``Problem`` for a scan that
  /// cannot be scored.
  public func segment(_ scan: PreprocessedScan, threshold: Double, name: String) throws -> Result {
    try segment(
      modelGrid.place(
        scan.volume, brainMask: scan.brain, toTemplate: scan.toTemplate, z: scan.z, name: name),
      contrast: modelGrid.recipe.contrast == "FLAIR" ? scan.record.greyToWhite : nil, threshold: threshold)
  }

  /// Segments a stripped scan at a threshold; without a brain mask every non-zero voxel is brain. `name` stands in
  /// messages. Throws a ``Problem`` for a scan that cannot be scored.
  public func segment(
    _ scan: Volume, brainMask: Mask? = nil, threshold: Double, name: String
  ) throws -> Result {
    try segment(modelGrid.place(scan, brainMask: brainMask, name: name), threshold: threshold)
  }

  private func segment(_ prepared: GriddedScan, contrast: Double? = nil, threshold: Double) throws -> Result {
    let output = try scorer.score(prepared, size: modelGrid.recipe.gridSize)
    let inner = prepared.scoredBrain.eroded(inPlaneBy: scorer.settings.erosion)
    let map = prepared.native(try prepared.canonicalVolume(of: output.maps, inside: inner))
    let (labels, lesions) = Lesion.find(
      in: map.map { $0 > Float(threshold) ? UInt8(1) : 0 }, map: map,
      minimumSize: scorer.settings.minimumLesionSize)
    let properties = prepared.properties
    let findings =
      (properties.flatMap { domain?.findings($0) } ?? [])
      + (contrast.map { [InputDomain.Finding(greyToWhite: $0)] } ?? [])
    return Result(
      anomalyMap: map,
      uncertainty: try output.variance.map {
        prepared.native(try prepared.canonicalVolume(of: $0.sqrt(), inside: inner))
      }, mask: labels.map { $0 == 0 ? 0 : 1 }, labels: labels,
      brain: prepared.native(prepared.scoredBrain), lesions: lesions, domain: findings,
      intensity: properties.flatMap { domain?.comparison($0) },
      notes: prepared.notes + findings.filter { !$0.isInside }.map(\.sentence),
      figures: try figures(prepared, output, threshold: threshold))
  }

  /// The anomaly map alone with the brain it covers, both on the scan's grid.
  func map(_ scan: ScanCase) throws -> (map: Volume, brain: Mask) {
    let prepared = try modelGrid.place(scan)
    let output = try scorer.score(prepared, size: modelGrid.recipe.gridSize)
    let map = try prepared.canonicalVolume(
      of: output.maps, inside: prepared.scoredBrain.eroded(inPlaneBy: scorer.settings.erosion))
    return (prepared.native(map), prepared.native(prepared.scoredBrain))
  }

  private func figures(
    _ prepared: GriddedScan, _ output: Scorer.Output, threshold: Double
  ) throws -> [SliceFigure] {
    // What exceeds the threshold decides; where nothing does, the whole map.
    let excess = try (output.maps - Float(threshold)).relu().sum([1, 2]).values()
    let ranked = excess.indices.filter { excess[$0] > 0 }.sorted { excess[$0] > excess[$1] }
    var chosen = [Int]()
    for index in ranked where chosen.allSatisfy({ abs($0 - index) * 8 > excess.count }) {
      chosen.append(index)
    }
    if chosen.isEmpty {
      let sums = try output.maps.sum([1, 2]).values()
      chosen = sums.indices.max { sums[$0] < sums[$1] }.map { [$0] } ?? []
    }
    return try chosen.prefix(Self.mostFigures).map { try figure(prepared, output, index: $0) }
  }

  private static let mostFigures = 3

  private func figure(_ prepared: GriddedScan, _ output: Scorer.Output, index: Int) throws -> SliceFigure {
    let size = modelGrid.recipe.gridSize
    return SliceFigure(
      size: size, z: prepared.z[index],
      image: Array(prepared.images[index * size * size..<(index + 1) * size * size]),
      map: try output.maps.select(0, index).values(),
      reconstruction: try output.reconstructions?.select(0, index).values())
  }
}
