import Base
import Cohort
public import Preprocessing
package import Methods
import Foundation
import Tensors
public import Volumes

/// Turns a scan into an anomaly map and the mask of its regions on the scan's own grid.
public final class Segmenter {
  /// The result for one scan; every grid has the input's shape, affine and header.
  public struct Result {
    /// 0 = as expected or outside the brain, larger = more anomalous, NaN = brain that was not scored.
    public let anomalyMap: Volume
    /// Standard deviation of the score between samples, before any smoothing, in the map's unit, with NaN as
    /// in the map; nil below two samples.
    public let uncertainty: Volume?
    /// The voxels of all regions.
    public let mask: Mask
    /// The regions, numbered as in `lesions`.
    public let labels: Labels
    /// The brain voxels of the slices that were scored.
    public let brain: Mask
    /// The fraction of the brain that was scored.
    public let scoredFraction: Double
    /// The template-space z in mm between which a registered scan was scored; nil for other scans, and if all
    /// of the brain was scored.
    public let scoredRange: ClosedRange<Double>?
    /// The most probable tissue of each voxel of `brain`, a value of ``TissueLabel``; 0 elsewhere, and in its
    /// rim where no pixel of the model grid is brain. Nil if the method does not tell tissues apart.
    public let tissues: Grid<UInt8>?
    /// The regions, largest first.
    public let lesions: [Lesion]
    /// The scan compared with those that the model was trained on.
    public let domain: [InputDomain.Finding]
    /// Its intensities compared with theirs; nil where the bundle does not know theirs.
    public let intensity: InputDomain.IntensityComparison?
    /// Sentences that the reader should know.
    public let notes: [String]
    /// Slices with the most anomalous tissue, as the model saw them, the most anomalous first. There is at
    /// least one; further ones show a region and are apart from each other.
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
    /// 1 where the map is above the extent, in regions that were kept if the rule has a peak.
    public let mask: [UInt8]
    /// What the model expected, where it reconstructs.
    public let reconstruction: [Float]?
  }

  private let scorer: Scorer
  private let modelGrid: ModelGrid
  private let domain: InputDomain?
  /// The precision of its networks.
  let precision: Precision

  package init(
    scorer: Scorer, recipe: Recipe, domain: InputDomain? = nil, precision: Precision = .float32
  ) {
    (self.scorer, self.domain, self.precision) = (scorer, domain, precision)
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

  /// Throws a ``Problem`` if the tissues of a preprocessed scan say that its contrast is not the model's.
  func requireContrast(of record: PreprocessingRecord, name: String) throws {
    guard modelGrid.recipe.contrast == "FLAIR", let seen = ContrastCheck.differenceFromFLAIR(record) else {
      return
    }
    throw Problem(
      .badData, "the scan does not look like a FLAIR: \(seen)", at: name,
      advice: "give the FLAIR; if this is one, check its registration, then use --force-contrast")
  }

  /// Segments a preprocessed scan by a rule; messages contain `name`.
  ///
  /// - Throws: A ``Problem`` if the scan cannot be scored.
  public func segment(_ scan: PreprocessedScan, by rule: RegionRule, name: String) throws -> Result {
    try segment(
      modelGrid.place(
        scan.volume, brainMask: scan.brain, toTemplate: scan.toTemplate, z: scan.z,
        isInTemplateSpace: scan.record.isInTemplateSpace, name: name),
      contrast: modelGrid.recipe.contrast == "FLAIR" ? scan.record.greyToWhite : nil,
      toTemplate: scan.worldToTemplate, by: rule)
  }

  /// Segments a skull-stripped scan at a threshold; without a brain mask every non-zero voxel is brain.
  /// Messages contain `name`.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the scan cannot be scored.
  public func segment(
    _ scan: Volume, brainMask: Mask? = nil, threshold: Double, name: String
  ) throws -> Result {
    try segment(scan, brainMask: brainMask, by: RegionRule(extent: threshold), name: name)
  }

  /// Segments a skull-stripped scan by a rule; without a brain mask every non-zero voxel is brain. Messages
  /// contain `name`.
  ///
  /// - Throws: A ``Problem`` if the scan cannot be scored.
  public func segment(
    _ scan: Volume, brainMask: Mask? = nil, by rule: RegionRule, name: String
  ) throws -> Result {
    try segment(modelGrid.place(scan, brainMask: brainMask, name: name), by: rule)
  }

  private func segment(
    _ scan: GriddedScan, contrast: Double? = nil, toTemplate: Affine? = nil, by rule: RegionRule
  ) throws -> Result {
    let chain = scorer.chain
    let scored = try scorer.score(scan, size: modelGrid.recipe.gridSize)
    let maps = try chain.map(of: scored), map = scan.native(try chain.volume(of: maps, in: scored))
    let tissues = try scored.tissues()
    var (labels, lesions) = Lesion.find(
      in: map, by: rule.resolved(minimumVolume: chain.settings.minimumLesionSize), tissues: tissues)
    let locator = RegionLocator(
      tissues: tissues, toTemplate: toTemplate, settings: chain.settings.places)
    for (index, location) in try locator.locations(of: lesions, in: labels).enumerated() {
      lesions[index].location = location
    }
    let mask = labels.map { $0 == 0 ? UInt8(0) : 1 }
    let properties = scan.properties
    let findings =
      (properties.flatMap { domain?.findings($0) } ?? [])
      + (contrast.map { [InputDomain.Finding(greyToWhite: $0)] } ?? [])
    return Result(
      anomalyMap: scan.markingUnscored(map),
      uncertainty: try chain.uncertainty(of: scored).map { deviation in
        scan.markingUnscored(scan.native(try chain.volume(of: deviation, in: scan)))
      },
      mask: mask, labels: labels, brain: scan.native(scan.scoredBrain),
      scoredFraction: scan.scoredFraction, scoredRange: scoredRange(of: scan), tissues: tissues,
      lesions: lesions, domain: findings, intensity: properties.flatMap { domain?.comparison($0) },
      notes: scan.notes + findings.filter { !$0.isInside }.map(\.sentence),
      figures: try figures(scored, maps, masks: masks(scan, maps, mask: mask, rule), extent: rule.extent))
  }

  private func scoredRange(of scan: GriddedScan) -> ClosedRange<Double>? {
    let z = scan.z.compactMap { $0 }, half = modelGrid.recipe.sliceSpacing / 2
    guard scan.placement is TemplatePlacement, scan.scoredFraction < 1, let low = z.min(), let high = z.max()
    else { return nil }
    return low - half...high + half
  }

  /// The mask on the model grid, (slices, size, size): where the map is above the extent, and with a peak
  /// near a voxel of the scan's own mask, of which a pixel has a share.
  private func masks(_ scan: GriddedScan, _ maps: Tensor, mask: Mask, _ rule: RegionRule) throws -> [UInt8] {
    let exceeding = try maps.values().map { Double($0) > rule.extent ? UInt8(1) : 0 }
    guard rule.peak != nil else { return exceeding }
    let shares = try scan.placement.toGrid(scan.canonical(mask).voxels.map(Float.init))
    return zip(exceeding, shares).map { $1 > 0 ? $0 : 0 }
  }

  private func figures(
    _ scored: ScoredScan, _ maps: Tensor, masks: [UInt8], extent: Double
  ) throws -> [SliceFigure] {
    // Slices are ranked by how far their regions exceed the extent; where there are none, by the whole map.
    let inside = try Tensor(masks.map(Float.init), shape: maps.shape)
    let excess = try ((maps - Float(extent)).relu() * inside).sum([1, 2]).values()
    let ranked = excess.indices.filter { excess[$0] > 0 }.sorted { excess[$0] > excess[$1] }
    var chosen = [Int]()
    for index in ranked where chosen.allSatisfy({ abs($0 - index) * 8 > excess.count }) {
      chosen.append(index)
    }
    if chosen.isEmpty {
      let sums = try maps.sum([1, 2]).values()
      chosen = sums.indices.max { sums[$0] < sums[$1] }.map { [$0] } ?? []
    }
    return try chosen.prefix(Self.maximumFigures).map { try figure(scored, maps, masks, index: $0) }
  }

  private static let maximumFigures = 3

  private func figure(
    _ scored: ScoredScan, _ maps: Tensor, _ masks: [UInt8], index: Int
  ) throws -> SliceFigure {
    let size = modelGrid.recipe.gridSize, pixels = index * size * size..<(index + 1) * size * size
    return SliceFigure(
      size: size, z: scored.gridded.z[index],
      image: Array(scored.gridded.images[pixels]), map: try maps.select(0, index).values(),
      mask: Array(masks[pixels]),
      reconstruction: try scored.score.reconstruction?.select(0, index).values())
  }
}
