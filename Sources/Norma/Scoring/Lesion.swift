import Volumes

/// A region of a mask: a connected component of the map that a ``RegionRule`` keeps. Whether it is a lesion is
/// the reader's judgement.
public struct Lesion: Hashable, Sendable, Codable {
  /// Its value in the label image; the largest region is 1.
  public let id: Int
  /// Volume in mm³.
  public let volumeMM3: Double
  /// Largest score in the region.
  public let maximumScore: Double
  /// Mean score in the region.
  public let meanScore: Double
  /// World coordinates in mm (RAS+) of the centre of mass of its voxels.
  public let centroid: SIMD3<Double>
  /// First voxel index along each axis, inside the region.
  public let firstVoxel: SIMD3<Int>
  /// Last voxel index along each axis, inside the region.
  public let lastVoxel: SIMD3<Int>
  /// Probability that brain without a lesion shows a region with at least this peak and volume
  /// (``RegionCalibration/pValue(peak:volume:scoredVolumeML:)``); nil where the bundle has not measured it.
  public var pValue: Double?
  /// The name of the tissue of most of its voxels; nil if no tissues are known.
  public var tissue: String?
  /// Where it is; nil in records of earlier versions.
  public var location: RegionLocation?

  /// Returns the regions of a map, largest first, and their label image; `tissues` are the values of
  /// ``TissueLabel`` on the map's grid.
  static func find(
    in map: Volume, by rule: RegionRule, tissues: Grid<UInt8>? = nil
  ) -> (labels: Labels, lesions: [Lesion]) {
    let components = rule.regions(of: map, largestFirst: true)
    var regions = [Region](repeating: Region(), count: components.count)
    for (index, label) in components.labels.voxels.enumerated() where label != 0 {
      regions[Int(label) - 1].add(map.voxel(at: index), score: map.voxels[index])
      if let tissues { regions[Int(label) - 1].add(tissue: tissues.voxels[index]) }
    }
    let lesions = regions.enumerated().map { $1.lesion(id: $0 + 1, geometry: map.geometry) }
    return (components.labels, lesions)
  }

  private struct Region {
    var count = 0
    private var sum = SIMD3<Double>.zero
    private var scoreSum = 0.0
    private var maximum: Float = 0
    private var tissues = [UInt8: Int]()
    private var first = SIMD3<Int>(repeating: .max)
    private var last = SIMD3<Int>(repeating: .min)

    mutating func add(_ voxel: SIMD3<Int>, score: Float) {
      count += 1
      sum += SIMD3<Double>(voxel)
      scoreSum += Double(score)
      maximum = max(maximum, score)
      first = pointwiseMin(first, voxel)
      last = pointwiseMax(last, voxel)
    }

    mutating func add(tissue: UInt8) { tissues[tissue, default: 0] += 1 }

    /// The tissue of most voxels, of equals the one with the lowest value.
    private var tissue: String? {
      TissueLabel.all.filter { tissues[$0.index] != nil }
        .max { (tissues[$0.index] ?? 0, $1.index) < (tissues[$1.index] ?? 0, $0.index) }?.name
    }

    func lesion(id: Int, geometry: Geometry) -> Lesion {
      Lesion(
        id: id, volumeMM3: Double(count) * geometry.voxelVolume, maximumScore: Double(maximum),
        meanScore: scoreSum / Double(count), centroid: geometry.world(ofVoxel: sum / Double(count)),
        firstVoxel: first, lastVoxel: last, tissue: tissue)
    }
  }
}
