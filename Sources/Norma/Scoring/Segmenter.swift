import Base
import Cohort
public import Preprocessing
import Foundation
import Tensors
public import Volumes

/// Turns a scan into an anomaly map and a lesion mask on the scan's own grid.
public final class Segmenter {
  /// The result for one scan; every grid has the input's shape, affine and header.
  public struct Result {
    /// 0 = as expected or not scored, larger = more anomalous.
    public let anomalyMap: Volume
    /// Standard deviation of the score between samples, before any smoothing, in the map's unit; nil below
    /// two samples.
    public let uncertainty: Volume?
    /// Where the map exceeds the threshold.
    public let mask: Mask
    /// Connected regions of the mask, numbered as in `lesions`.
    public let labels: Labels
    /// The brain voxels of the slices that were scored.
    public let brain: Mask
    /// The regions, largest first.
    public let lesions: [Lesion]
    /// The scan compared with those that the model was trained on.
    public let domain: [InputDomain.Finding]
    /// Its intensities compared with theirs; nil where the bundle does not know theirs.
    public let intensity: InputDomain.IntensityComparison?
    /// Sentences that the reader should know.
    public let notes: [String]
    /// Slices with the most anomalous tissue, as the model saw them, the most anomalous first. There is at
    /// least one; further ones exceed the threshold and are apart from each other.
    public let figures: [SliceFigure]
  }

  /// One slice on the model grid, size x size in row-major order: rows posterior to anterior, columns left to
  /// right.
  public struct SliceFigure: Sendable {
    /// Side of the grid in pixels.
    public let size: Int
    /// Template-space z in mm, where known.
    public let z: Double?
    /// The normalised slice.
    public let image: [Float]
    /// Its anomaly map.
    public let map: [Float]
    /// What the model expected, where it reconstructs.
    public let reconstruction: [Float]?
  }

  private let scorer: Scorer
  private let modelGrid: ModelGrid
  private let domain: InputDomain?

  package init(scorer: Scorer, recipe: Recipe, domain: InputDomain? = nil) {
    (self.scorer, self.domain) = (scorer, domain)
    modelGrid = ModelGrid(recipe: recipe)
  }

  /// Throws a ``Problem`` if the name of a scan says that its contrast is not the model's.
  func requireContrast(of scan: ScanCase) throws {
    let contrast = modelGrid.recipe.contrast
    guard let suffix = scan.suffix, !contrast.isEmpty, suffix.lowercased() != contrast.lowercased() else {
      return
    }
    throw Problem(
      .badData, "by its name this is a \(suffix); the bundle was trained on \(contrast)", at: scan.image.path,
      advice: "give the \(contrast), a bundle trained on \(suffix), or rename the file if its name is wrong")
  }

  /// Segments a preprocessed scan.
  ///
  /// - Parameters:
  ///   - scan: The scan with its brain mask and its map to the template.
  ///   - threshold: Voxels with a higher score are predicted as lesion.
  ///   - name: The name of the scan in messages.
  /// - Returns: Map and mask on the grid of the scan, and the lesions.
  /// - Throws: A ``Problem`` of kind `badData` if the scan cannot be scored.
  public func segment(_ scan: PreprocessedScan, threshold: Double, name: String) throws -> Result {
    try segment(
      modelGrid.place(
        scan.volume, brainMask: scan.brain, toTemplate: scan.toTemplate, z: scan.z, name: name),
      contrast: modelGrid.recipe.contrast == "FLAIR" ? scan.record.greyToWhite : nil, threshold: threshold)
  }

  /// Segments a skull-stripped scan at a threshold; without a brain mask every non-zero voxel is brain.
  /// Messages contain `name`.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the scan cannot be scored.
  public func segment(
    _ scan: Volume, brainMask: Mask? = nil, threshold: Double, name: String
  ) throws -> Result {
    try segment(modelGrid.place(scan, brainMask: brainMask, name: name), threshold: threshold)
  }

  private func segment(_ scan: GriddedScan, contrast: Double? = nil, threshold: Double) throws -> Result {
    let chain = scorer.chain
    let scored = try scorer.score(scan, size: modelGrid.recipe.gridSize)
    func native(_ maps: Tensor) throws -> Volume { scan.native(try chain.volume(of: maps, in: scan)) }
    let maps = try chain.map(of: scored), map = try native(maps)
    let (labels, lesions) = Lesion.find(
      in: map.map { $0 > Float(threshold) ? UInt8(1) : 0 }, map: map,
      minimumSize: chain.settings.minimumLesionSize)
    let properties = scan.properties
    let findings =
      (properties.flatMap { domain?.findings($0) } ?? [])
      + (contrast.map { [InputDomain.Finding(greyToWhite: $0)] } ?? [])
    return Result(
      anomalyMap: map, uncertainty: try chain.uncertainty(of: scored).map(native),
      mask: labels.map { $0 == 0 ? 0 : 1 }, labels: labels, brain: scan.native(scan.scoredBrain),
      lesions: lesions, domain: findings, intensity: properties.flatMap { domain?.comparison($0) },
      notes: scan.notes + findings.filter { !$0.isInside }.map(\.sentence),
      figures: try figures(scored, maps, threshold: threshold))
  }

  private func figures(_ scored: ScoredScan, _ maps: Tensor, threshold: Double) throws -> [SliceFigure] {
    // Slices are ranked by how far they exceed the threshold; where none does, by the whole map.
    let excess = try (maps - Float(threshold)).relu().sum([1, 2]).values()
    let ranked = excess.indices.filter { excess[$0] > 0 }.sorted { excess[$0] > excess[$1] }
    var chosen = [Int]()
    for index in ranked where chosen.allSatisfy({ abs($0 - index) * 8 > excess.count }) {
      chosen.append(index)
    }
    if chosen.isEmpty {
      let sums = try maps.sum([1, 2]).values()
      chosen = sums.indices.max { sums[$0] < sums[$1] }.map { [$0] } ?? []
    }
    return try chosen.prefix(Self.maximumFigures).map { try figure(scored, maps, index: $0) }
  }

  private static let maximumFigures = 3

  private func figure(_ scored: ScoredScan, _ maps: Tensor, index: Int) throws -> SliceFigure {
    let size = modelGrid.recipe.gridSize
    return SliceFigure(
      size: size, z: scored.gridded.z[index],
      image: Array(scored.gridded.images[index * size * size..<(index + 1) * size * size]),
      map: try maps.select(0, index).values(),
      reconstruction: try scored.score.reconstruction?.select(0, index).values())
  }
}
