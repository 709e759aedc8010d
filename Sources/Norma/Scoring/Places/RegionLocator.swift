import Methods
import Volumes

/// Finds where the regions of a scan are, from its tissue map and its place in the template.
struct RegionLocator {
  /// The tissues on the scan's grid, as ``TissueLabel/index``; nil if they are unknown.
  let tissues: Grid<UInt8>?
  /// The map from scanner to template mm; nil if the scan's place in the template is unknown.
  let toTemplate: Affine?
  let settings: PlaceSettings

  /// Returns the location of each region; `labels` are the regions by their ids, on the scan's grid.
  ///
  /// - Throws: `VolumeError` if the atlas of lobes cannot be read.
  func locations(of lesions: [Lesion], in labels: Labels) throws -> [RegionLocation] {
    guard !lesions.isEmpty else { return [] }
    var locations = lesions.map { lesion in
      let centre = toTemplate?.apply(lesion.centroid)
      return RegionLocation(side: centre.map { Side(x: $0.x) }, centre: centre)
    }
    guard let tissues else { return locations }
    let ventricle = tissues.map { $0 == TissueLabel(.ventricle)?.index ? UInt8(1) : 0 }
    let cortex = tissues.map { $0 == TissueLabel(.corticalGrey)?.index ? UInt8(1) : 0 }
      .components(minimumVolume: Self.smallestCortex).mask
    let toVentricle = distances(to: ventricle, from: labels, count: lesions.count)
    let toCortex = distances(to: cortex, from: labels, count: lesions.count)
    for region in lesions.indices {
      (locations[region].ventricleDistance, locations[region].cortexDistance) = (
        toVentricle[region], toCortex[region]
      )
      locations[region].place = place(
        surroundings(of: lesions[region], in: labels, tissues), toVentricle: toVentricle[region],
        toCortex: toCortex[region])
    }
    if let toTemplate { try addLobes(to: &locations, of: labels, toTemplate) }
    return locations
  }

  /// The volume in mm³ below which a piece of cortex is taken for noise: the rim of a bright lesion looks like it.
  private static let smallestCortex = 100.0

  /// The distance in mm from a region within which tissue is around it.
  private static let nearby = 3.0

  /// The tissues around a region. Those of its own voxels say less, because lesions look like those that the method
  /// learned in white matter.
  private func surroundings(
    of lesion: Lesion, in labels: Labels, _ tissues: Grid<UInt8>
  ) -> TissueComposition {
    let shape = labels.shape, spacing = labels.geometry.spacing
    let box = (0..<3).map { axis in
      let margin = Int(Self.nearby / spacing[axis])
      return max(lesion.firstVoxel[axis] - margin, 0)..<min(lesion.lastVoxel[axis] + margin + 1, shape[axis])
    }
    let voxels = box[2].flatMap { k in
      box[1].flatMap { j in box[0].map { $0 + shape[0] * (j + shape[1] * k) } }
    }
    let squared = DistanceTransform(
      seeds: voxels.indices.filter { labels.voxels[voxels[$0]] == lesion.id }, shape: box.map(\.count),
      spacing: spacing
    ).squared
    var composition = TissueComposition()
    for (voxel, square) in zip(voxels, squared)
    where square <= Self.nearby * Self.nearby && labels.voxels[voxel] == 0 {
      composition.add(tissues.voxels[voxel])
    }
    return composition
  }

  private func place(_ around: TissueComposition, toVentricle: Double?, toCortex: Double?) -> Place? {
    if let place = around.place { return place }
    if toVentricle.map({ $0 <= settings.ventricleContact }) == true { return .periventricular }
    if toCortex.map({ $0 <= settings.cortexContact }) == true { return .juxtacortical }
    return around.isHemispheric ? .deepWhiteMatter : nil
  }

  /// The smallest distance in mm from each region to a mask; nil where it is empty.
  private func distances(to mask: Mask, from labels: Labels, count: Int) -> [Double?] {
    let seeds = mask.voxels.indices.filter { mask.voxels[$0] != 0 }
    guard !seeds.isEmpty else { return [Double?](repeating: nil, count: count) }
    let squared = DistanceTransform(seeds: seeds, shape: mask.shape, spacing: mask.geometry.spacing).squared
    var smallest = [Double](repeating: .infinity, count: count)
    for (voxel, label) in labels.voxels.enumerated() where label != 0 {
      smallest[Int(label) - 1] = min(smallest[Int(label) - 1], squared[voxel])
    }
    return smallest.map { $0.squareRoot() }
  }

  private func addLobes(
    to locations: inout [RegionLocation], of labels: Labels, _ toTemplate: Affine
  ) throws {
    let atlas = try LobeAtlas.shipped.get(), affine = toTemplate.composed(with: labels.geometry.affine)
    var counts = [[Lobe: Int]](repeating: [:], count: locations.count)
    for (voxel, label) in labels.voxels.enumerated() where label != 0 {
      guard let lobe = atlas.lobe(at: affine.apply(SIMD3<Double>(labels.voxel(at: voxel)))) else { continue }
      counts[Int(label) - 1][lobe, default: 0] += 1
    }
    for region in locations.indices {
      guard let place = locations[region].place, !place.isInfratentorial, place != .deepGreyMatter else {
        continue
      }
      locations[region].lobe = Lobe.allCases.filter { counts[region][$0] != nil }
        .max { (counts[region][$0] ?? 0, $1.rawValue) < (counts[region][$1] ?? 0, $0.rawValue) }
    }
  }
}

/// The number of voxels in each tissue around a region.
private struct TissueComposition {
  private var counts = [UInt8: Int]()

  mutating func add(_ tissue: UInt8) { counts[tissue, default: 0] += 1 }

  private func count(_ tissue: Tissue) -> Int { TissueLabel(tissue).flatMap { counts[$0.index] } ?? 0 }

  private var hemispheric: Int { count(.corticalGrey) + count(.whiteMatter) }

  /// The place of a region in tissue with a place of its own, if there is more of it than of the hemispheres' cortex and
  /// white matter.
  var place: Place? {
    let (stem, cerebellum, deep) = (count(.brainStem), count(.cerebellum), count(.deepGrey))
    guard max(stem + cerebellum, deep) > hemispheric else { return nil }
    return deep > stem + cerebellum ? .deepGreyMatter : stem > cerebellum ? .brainStem : .cerebellum
  }

  /// Whether there is cortex or white matter of the hemispheres.
  var isHemispheric: Bool { hemispheric > 0 }
}
