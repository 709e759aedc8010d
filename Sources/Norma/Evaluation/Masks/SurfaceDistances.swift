import Base
import Volumes

/// Distances in mm between the surface of a case's lesions and those of called masks.
///
/// A surface voxel is a mask voxel with a face neighbour (6 in 3-D, 4 in a single slice) outside the mask; the
/// border of the image is outside. This is `mask & ~scipy.ndimage.binary_erosion(mask)`. Distances are between
/// voxel centres with the spacing of the voxel axes.
struct SurfaceDistances {
  /// The figures of one called mask.
  struct Figures: Hashable {
    /// The larger of the two directed 95th percentiles (linear interpolation), as in the WMH challenge.
    let hd95: Double?
    /// Share of both surfaces' voxels within ``tolerance`` of the other surface.
    let surfaceDice: Double
  }

  /// What ``Figures/surfaceDice`` forgives, in mm.
  static let tolerance = 1.0
  /// Spacings from files carry the rounding of a Float: 1 mm may be 1.0000001 mm.
  private static let rounding = 1e-5

  private let box: VoxelBox
  private let surface: [Int]
  private let distances: DistanceTransform

  /// Nil where `lesion` is empty; all masks must lie inside `region`, a mask of their grid.
  init?(lesion: Mask, region: Mask) {
    guard let box = VoxelBox(around: region) else { return nil }
    self.box = box
    surface = box.surface(of: lesion)
    guard !surface.isEmpty else { return nil }
    distances = DistanceTransform(seeds: surface, shape: box.shape, spacing: box.spacing)
  }

  /// Compares with a called mask; HD95 is nil and the surface Dice 0 where nothing is called.
  func compare(_ predicted: Mask) -> Figures {
    let predictedSurface = box.surface(of: predicted)
    guard !predictedSurface.isEmpty else { return Figures(hd95: nil, surfaceDice: 0) }
    let back = DistanceTransform(seeds: predictedSurface, shape: box.shape, spacing: box.spacing)
    let toLesion = predictedSurface.map { distances.squared[$0].squareRoot() }.sorted()
    let toPredicted = surface.map { back.squared[$0].squareRoot() }.sorted()
    let near = (toLesion + toPredicted).filter { $0 <= Self.tolerance + Self.rounding }.count
    return Figures(
      hd95: max(toLesion.quantile(0.95), toPredicted.quantile(0.95)),
      surfaceDice: Double(near) / Double(toLesion.count + toPredicted.count))
  }
}

/// The smallest box of voxels around a mask.
private struct VoxelBox {
  let shape: [Int]
  let spacing: SIMD3<Double>
  private let first: [Int]

  /// Nil for an empty mask.
  init?(around mask: Mask) {
    var first = SIMD3(repeating: Int.max), last = SIMD3(repeating: -1)
    let (width, height) = (mask.shape[0], mask.shape[1])
    for z in 0..<mask.shape[2] {
      for y in 0..<height {
        let row = (z * height + y) * width
        for x in 0..<width where mask.voxels[row + x] != 0 {
          first = pointwiseMin(first, SIMD3(x, y, z))
          last = pointwiseMax(last, SIMD3(x, y, z))
        }
      }
    }
    guard last.x >= 0 else { return nil }
    self.first = (0..<3).map { first[$0] }
    shape = (0..<3).map { last[$0] - first[$0] + 1 }
    spacing = mask.geometry.spacing
  }

  /// Indices, inside the box, of the surface voxels of a mask that lies inside the box.
  func surface(of mask: Mask) -> [Int] {
    let extent = mask.shape
    let strides = [1, extent[0], extent[0] * extent[1]]
    // Along an axis with one voxel only there is no neighbour to miss.
    let axes = (0..<3).filter { extent[$0] > 1 }
    var surface = [Int]()
    mask.voxels.withUnsafeBufferPointer { voxels in
      for z in 0..<shape[2] {
        for y in 0..<shape[1] {
          for x in 0..<shape[0] {
            let place = SIMD3(x + first[0], y + first[1], z + first[2])
            let index = place.x + place.y * strides[1] + place.z * strides[2]
            guard voxels[index] != 0 else { continue }
            let isInside = axes.allSatisfy { axis in
              place[axis] > 0 && place[axis] < extent[axis] - 1 && voxels[index - strides[axis]] != 0
                && voxels[index + strides[axis]] != 0
            }
            if !isInside { surface.append(x + shape[0] * (y + shape[1] * z)) }
          }
        }
      }
    }
    return surface
  }
}
