import Cohort
import Volumes

/// How well a brain fits the template where its header places it.
struct TemplateAgreement {
  /// The Dice overlap of the brain and the template's, between the lowest and the highest level of the brain.
  let overlap: Double
  /// The fraction of the variance of the scan that the template's intensities explain (the correlation ratio
  /// of Roche et al. 1998), in place, and at most after a shift along z or with front and back or top and bottom
  /// exchanged.
  let explained, explainedElsewhere: Double

  /// Whether the brain is in template space. Another level of a slab, or a brain that is turned, may overlap as
  /// well; then its structures fit better elsewhere.
  var isInPlace: Bool {
    overlap >= Self.minimumOverlap && explainedElsewhere < explained + Self.maximumGain
  }

  /// The least overlap of 6 simulated scans in template space was 0.967; 12 mm off, that of whole brains was
  /// at most 0.873.
  private static let minimumOverlap = 0.92
  /// 6 simulated slabs gained nothing in place, and 0.33 and more 12 mm off.
  private static let maximumGain = 0.1
  private static let binCount = 16

  /// The grid in template space, of 4 mm, with room for shifts.
  private static let grid = Geometry(
    shape: [46, 56, 62],
    affine: Affine(diagonal: SIMD3(4, 4, 4), origin: SIMD3(-90, -126, -116)))
  /// The shifts along z that are tried, in voxels of the grid.
  private static let shifts = [-6, -5, -4, -3, -2, 2, 3, 4, 5, 6]

  /// Compares a scan and its brain with the template, without moving them.
  init(_ scan: Volume, brain: Mask, template: Template) throws {
    let fraction = try Resample.averaged(brain.map { Float($0) }, to: Self.grid).voxels
    let masked = Volume(
      geometry: scan.geometry, voxels: zip(scan.voxels, brain.voxels).map { $1 == 0 ? 0 : $0 })
    let values = try Resample.averaged(masked, to: Self.grid).voxels
    let theirs = try Resample.averaged(template.mask.map { Float($0) }, to: Self.grid).voxels.map { $0 > 0.5 }
    let intensities = try Resample.averaged(template.brain, to: Self.grid).voxels
    let own = fraction.map { $0 > 0.5 }

    let row = Self.grid.shape[0], layer = row * Self.grid.shape[1]
    let levels = own.indices.filter { own[$0] }.map { $0 / layer }
    let range = (levels.min() ?? 0) * layer..<((levels.max() ?? -1) + 1) * layer
    let common = range.count { own[$0] && theirs[$0] }
    overlap = 2 * Double(common) / Double(max(1, range.count { own[$0] } + range.count { theirs[$0] }))

    let top = max(intensities.max() ?? 0, .leastNormalMagnitude)
    let bins = intensities.map { min(Int($0 / top * Float(Self.binCount)), Self.binCount - 1) }
    func explained(_ place: (Int) -> Int) -> Double {
      var (counts, sums) = (
        [Double](repeating: 0, count: Self.binCount), [Double](repeating: 0, count: Self.binCount)
      )
      var squares = 0.0
      for index in range where own[index] {
        let other = place(index)
        guard theirs.indices.contains(other), theirs[other] else { continue }
        let value = Double(values[index] / fraction[index])
        counts[bins[other]] += 1
        sums[bins[other]] += value
        squares += value * value
      }
      let count = counts.reduce(0, +)
      guard count >= 100 else { return 0 }
      let mean = sums.reduce(0, +) / count, variance = squares / count - mean * mean
      let between =
        zip(counts, sums).reduce(0) { $1.0 > 0 ? $0 + $1.1 * $1.1 / $1.0 : $0 } / count - mean * mean
      return variance > 0 ? between / variance : 0
    }
    self.explained = explained { $0 }
    let rows = range.lazy.filter { own[$0] }.map { $0 % layer / row }
    let rowSum = (rows.min() ?? 0) + (rows.max() ?? 0), levelSum = (levels.min() ?? 0) + (levels.max() ?? 0)
    let exchanged = [
      explained { $0 + (rowSum - 2 * ($0 % layer / row)) * row },
      explained { $0 + (levelSum - 2 * ($0 / layer)) * layer },
    ]
    explainedElsewhere =
      (Self.shifts.map { shift in explained { $0 + shift * layer } } + exchanged).max() ?? 0
  }
}
