package import Volumes

/// Which parts of an anomaly map are regions of its mask, by hysteresis thresholding (Canny 1986).
///
/// A region is a connected component (26-connected; 8-connected in a single slice) of the voxels above
/// ``extent``, the cluster-forming threshold of neuroimaging, in which a voxel is above ``peak``. This is
/// `apply_hysteresis_threshold(map, low: extent, high: peak)` of scikit-image, then a smallest volume.
public struct RegionRule: Hashable, Sendable {
  /// Voxels with a score above it may belong to a region.
  public var extent: Double
  /// A region is kept if its highest score is above it; nil keeps every region: a plain threshold.
  public var peak: Double?
  /// A region is kept if it is at least this large, in mm³ (mm² for a single slice); nil means the bundle's
  /// `scoring.minimumLesionSize`.
  public var minimumVolume: Double?

  /// A rule; without a peak a plain threshold.
  public init(extent: Double, peak: Double? = nil, minimumVolume: Double? = nil) {
    (self.extent, self.peak, self.minimumVolume) = (extent, peak, minimumVolume)
  }

  /// The rule with the smallest volume of a bundle where it has none.
  func resolved(minimumVolume: Double) -> RegionRule {
    var rule = self
    rule.minimumVolume = self.minimumVolume ?? minimumVolume
    return rule
  }

  /// The regions of a map, in the order of their first voxel or, of their volume, the `largestFirst`.
  package func regions(of map: Volume, largestFirst: Bool = false) -> Components {
    let extent = Float(extent)
    return regions(among: map.map { $0 > extent ? UInt8(1) : 0 }, of: map, largestFirst: largestFirst)
  }

  /// The regions among the voxels above the extent, which are given as a mask.
  package func regions(
    among exceeding: Mask, of map: Volume, largestFirst: Bool = false
  ) -> Components {
    let minimum = minimumVolume ?? 0
    guard let peak else {
      return exceeding.components(minimumVolume: minimum, largestFirst: largestFirst)
    }
    return exceeding.components(
      in: map, reaching: Float(peak), minimumVolume: minimum, largestFirst: largestFirst)
  }
}
