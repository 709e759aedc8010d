import Base
import Volumes

/// Distances in mm between the surface of a case's lesions and those of predicted masks, from centre to
/// centre of their surface voxels.
struct SurfaceDistances {
  /// The figures of one predicted mask.
  struct Figures: Hashable {
    /// The larger of the two directed 95th percentiles (linear interpolation), as in the WMH challenge.
    let hd95: Double?
    /// The fraction of both surfaces' voxels within ``tolerance`` of the other surface.
    let surfaceDice: Double
  }

  /// The distance in mm within which two surfaces count as equal.
  static let tolerance = 1.0
  /// A spacing read from a file is rounded to a Float: 1 mm may be 1.0000001 mm.
  private static let rounding = 1e-5

  /// The box of voxels around the brain, in which distances are measured.
  private let box: [Range<Int>]
  private let surface: [Int]
  private let distances: DistanceTransform

  /// Nil where `lesion` is empty; all masks must be inside `region`, a mask of their grid.
  init?(lesion: Mask, region: Mask) {
    guard let box = region.box else { return nil }
    self.box = box
    surface = lesion.surface(in: box)
    guard !surface.isEmpty else { return nil }
    distances = DistanceTransform(
      seeds: surface, shape: box.map(\.count), spacing: lesion.geometry.spacing)
  }

  /// Compares with a predicted mask; where it is empty, HD95 is nil and the surface Dice 0.
  func compare(_ predicted: Mask) -> Figures {
    let predictedSurface = predicted.surface(in: box)
    guard !predictedSurface.isEmpty else { return Figures(hd95: nil, surfaceDice: 0) }
    let back = DistanceTransform(
      seeds: predictedSurface, shape: box.map(\.count), spacing: predicted.geometry.spacing)
    let toLesion = predictedSurface.map { distances.squared[$0].squareRoot() }.sorted()
    let toPredicted = surface.map { back.squared[$0].squareRoot() }.sorted()
    let near = (toLesion + toPredicted).filter { $0 <= Self.tolerance + Self.rounding }.count
    return Figures(
      hd95: max(toLesion.quantile(0.95), toPredicted.quantile(0.95)),
      surfaceDice: Double(near) / Double(toLesion.count + toPredicted.count))
  }
}
