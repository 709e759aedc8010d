import Base
import Foundation
import Methods
import Preprocessing
import Volumes

/// Paints lesions into a preprocessed scan, segments it, and compares (`norma check-scanner`).
struct LesionInjection {
  let segmenter: Segmenter
  let rule: RegionRule
  let places: PlaceSettings
  let settings: ScannerCheckSettings
  /// The name of the scan in messages.
  let name: String

  /// Segments the scan before and after painting; `onStep` gets the name of each step before it begins.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if the bundle does not tell tissues apart or no lesion has room, and
  ///   those of ``Segmenter/segment(_:by:name:)``.
  func result(of scan: PreprocessedScan, onStep: (String) -> Void) throws -> ScannerCheckResult {
    onStep("before painting")
    let before = try segmenter.segment(scan, by: rule, name: name)
    guard let tissues = before.tissues else {
      throw Problem(
        .badData, "the bundle does not tell tissues apart, so that no lesion has a place", at: name,
        advice: "use a bundle that does, such as \(ModelBundle.defaultNameForVolumes)")
    }
    let placement = LesionPlacement(tissues: tissues, regions: before.mask, settings: places)
    var lesions = [PaintedLesion](), other = 0
    for round in 1...settings.rounds {
      onStep("round \(round) of \(settings.rounds)")
      let spheres = draw(round, placement)
      guard !spheres.isEmpty else { continue }
      let painting = try LesionPainting(
        spheres, into: scan.volume, tissues: tissues, regions: before.mask)
      let after = try segmenter.segment(scan.with(volume: painting.image), by: rule, name: name)
      let truth = try RegionLocator(tissues: tissues, toTemplate: nil, settings: places)
        .locations(of: painting.lesions, in: painting.labels)
      lesions += zip(spheres.indices, truth).map { index, location in
        PaintedLesion(
          round: round, diameter: spheres[index].diameter, contrast: spheres[index].contrast,
          place: location.place, centre: spheres[index].centre,
          volumeMM3: painting.lesions[index].volumeMM3,
          found: painting.found(index, in: after))
      }
      other += painting.otherRegions(in: after, besides: before.mask)
    }
    guard !lesions.isEmpty else {
      throw Problem(
        .badData, "no lesion of these diameters has room in the scan", at: name,
        advice: "check its brain mask, or give smaller diameters")
    }
    return ScannerCheckResult(
      regionsBefore: before.lesions.count,
      volumeBeforeML: before.lesions.reduce(0) { $0 + $1.volumeMM3 } / 1000,
      scoredVolumeML: Double(before.brain.count) * before.brain.geometry.voxelVolume / 1000,
      otherRegions: other, lesions: lesions, notes: scan.record.notes + before.notes)
  }

  /// Draws the lesions of a round: every diameter with every contrast, in places that take turns in a random order.
  private func draw(_ round: Int, _ placement: LesionPlacement) -> [LesionSphere] {
    var random = SeededGenerator(seed: settings.seed, stream: UInt64(round))
    var spheres = [LesionSphere](), turn = [Place]()
    // Large ones first, which need more room.
    for diameter in settings.diameters.sorted(by: >) {
      for contrast in settings.contrasts {
        if turn.isEmpty { turn = Place.allCases.shuffled(using: &random) }
        let next = turn.removeLast()
        for place in [next] + Place.allCases.filter({ $0 != next }) {
          guard
            let centre = placement.draw(place, diameter: diameter, besides: spheres, random: &random)
          else { continue }
          spheres.append(LesionSphere(diameter: diameter, contrast: contrast, centre: centre))
          break
        }
      }
    }
    return spheres
  }
}

/// Lesions in the voxels of a scan.
private struct LesionPainting {
  let image: Volume
  /// The voxels of each lesion, by its position from 1.
  let labels: Labels
  let lesions: [Lesion]

  /// Paints spheres; a voxel belongs to a lesion if it replaces half of it, and the voxel that has most of it does.
  init(_ spheres: [LesionSphere], into scan: Volume, tissues: Grid<UInt8>, regions: Mask) throws {
    var image = scan, labels = Labels(geometry: scan.geometry, repeating: 0)
    let white = Self.whiteMatter(of: scan, tissues: tissues, regions: regions)
    var lesions = [Lesion]()
    for (index, sphere) in spheres.enumerated() {
      let shares = try sphere.shares(in: scan.geometry).filter { tissues.voxels[$0.key] != 0 }
      let most = shares.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
      var voxels = [SIMD3<Int>]()
      for (voxel, share) in shares {
        let target = Float(sphere.contrast) * white
        image.voxels[voxel] += share * max(target - scan.voxels[voxel], 0)
        guard share >= 0.5 || voxel == most else { continue }
        labels.voxels[voxel] = Int32(index + 1)
        voxels.append(scan.voxel(at: voxel))
      }
      lesions.append(
        Lesion(
          id: index + 1, volumeMM3: Double(voxels.count) * scan.geometry.voxelVolume, maximumScore: 0,
          meanScore: 0, centroid: sphere.centre,
          firstVoxel: voxels.reduce(SIMD3(repeating: .max), pointwiseMin),
          lastVoxel: voxels.reduce(SIMD3(repeating: .min), pointwiseMax)))
    }
    (self.image, self.labels, self.lesions) = (image, labels, lesions)
  }

  /// The median intensity of white matter outside the regions.
  private static func whiteMatter(of scan: Volume, tissues: Grid<UInt8>, regions: Mask) -> Float {
    let label = TissueLabel(.whiteMatter)?.index
    let values = scan.voxels.indices.filter { tissues.voxels[$0] == label && regions.voxels[$0] == 0 }
      .map { scan.voxels[$0] }
    return RobustStatistics.medianAndDeviation(of: values).median
  }

  /// The largest region of a result that shares a voxel with a lesion.
  func found(_ lesion: Int, in result: Segmenter.Result) -> PaintedLesion.Found? {
    var ids = Set<Int32>()
    for (label, region) in zip(labels.voxels, result.labels.voxels)
    where label == lesion + 1 && region != 0 { ids.insert(region) }
    return ids.min().map { id in
      let region = result.lesions[Int(id) - 1]
      return PaintedLesion.Found(volumeMM3: region.volumeMM3, place: region.location?.place)
    }
  }

  /// The number of regions that share no voxel with a lesion or with a region before painting.
  func otherRegions(in result: Segmenter.Result, besides before: Mask) -> Int {
    var known = Set<Int32>()
    for (voxel, region) in result.labels.voxels.enumerated()
    where region != 0 && (labels.voxels[voxel] != 0 || before.voxels[voxel] != 0) { known.insert(region) }
    return result.lesions.count - known.count
  }
}
