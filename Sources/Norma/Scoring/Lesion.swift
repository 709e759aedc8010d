import Volumes

/// A connected region above the threshold (26-connected; 8-connected in a single slice).
public struct Lesion: Hashable, Sendable, Codable {
  /// Its value in the label image; the largest lesion is 1.
  public let id: Int
  /// Volume in mm³.
  public let volumeMM3: Double
  /// Largest score in the lesion.
  public let maximumScore: Double
  /// Mean score in the lesion.
  public let meanScore: Double
  /// World coordinates in mm (RAS+) of the centre of mass of its voxels.
  public let centroid: SIMD3<Double>
  /// First voxel index along each axis, inside the lesion.
  public let firstVoxel: SIMD3<Int>
  /// Last voxel index along each axis, inside the lesion.
  public let lastVoxel: SIMD3<Int>

  /// Returns the lesions of a mask, largest first, and their label image, without lesions smaller than
  /// `minimumSize` in mm³ (mm² for a single slice).
  static func find(in mask: Mask, map: Volume, minimumSize: Double) -> (labels: Labels, lesions: [Lesion]) {
    let components = mask.components()
    var regions = [Region](repeating: Region(), count: components.count)
    let (width, height) = (mask.shape[0], mask.shape[1])
    for (index, label) in components.labels.voxels.enumerated() where label != 0 {
      regions[Int(label) - 1].add(
        SIMD3(index % width, index / width % height, index / (width * height)), score: map.voxels[index])
    }
    let voxelVolume = mask.geometry.voxelVolume
    let order = regions.indices
      .filter { Double(regions[$0].count) * voxelVolume >= minimumSize }
      .sorted { (-regions[$0].count, $0) < (-regions[$1].count, $1) }
    var numbers = [Int32](repeating: 0, count: components.count + 1)
    for (position, region) in order.enumerated() { numbers[region + 1] = Int32(position + 1) }
    let lesions = order.enumerated().map { position, region in
      regions[region].lesion(id: position + 1, geometry: mask.geometry)
    }
    return (components.labels.map { numbers[Int($0)] }, lesions)
  }

  private struct Region {
    var count = 0
    private var sum = SIMD3<Double>.zero
    private var scoreSum = 0.0
    private var maximum: Float = 0
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

    func lesion(id: Int, geometry: Geometry) -> Lesion {
      Lesion(
        id: id, volumeMM3: Double(count) * geometry.voxelVolume, maximumScore: Double(maximum),
        meanScore: scoreSum / Double(count), centroid: geometry.world(ofVoxel: sum / Double(count)),
        firstVoxel: first, lastVoxel: last)
    }
  }
}
