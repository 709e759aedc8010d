/// A region of one or both of two visits, and whether it changed.
public struct ChangedRegion: Hashable, Sendable, Codable {
  /// The kind of a change.
  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// Only in the mask of the follow-up, and brighter there.
    case new
    /// In both masks, larger and brighter at the follow-up.
    case enlarged
    /// In both masks, without evidence of a change.
    case stable
    /// In both masks, smaller and darker at the follow-up.
    case shrunk
    /// Only in the mask of the baseline, and darker at the follow-up.
    case resolved
    /// Only in one of the masks, without evidence of a change.
    case unsure

    /// The kind of the same region if the visits are exchanged.
    var mirrored: Kind {
      switch self {
      case .new: .resolved
      case .enlarged: .shrunk
      case .stable: .stable
      case .shrunk: .enlarged
      case .resolved: .new
      case .unsure: .unsure
      }
    }
  }

  /// Its value in the label images; the largest region is 1.
  public let id: Int
  /// The kind of the change.
  public let kind: Kind
  /// The numbers of its regions in the label images of the visits.
  public let baselineRegions, followUpRegions: [Int]
  /// The volumes of those regions in the visits' own masks and grids in mm³.
  public let baselineOwnVolume, followUpOwnVolume: Double
  /// The volumes in the masks that were thresholded together, half way, in mm³.
  public let baselineVolume, followUpVolume: Double
  /// The volume that is only in the mask with the larger part of the region, half way, in mm³.
  public let changedVolume: Double
  /// The mean change there in standard deviations of stable white matter; positive where the follow-up is brighter.
  public let meanChange: Double
  /// The mean change of the anomaly map there.
  public let scoreChange: Double
  /// The change of the excess signal over the mean of both visits, without that of all regions.
  public let excessChange: Double
  /// The fraction of equal shapes at random places in stable white matter that change less in this direction, 0...1;
  /// nil without a change of the mask.
  public let confidence: Double?
  /// The centre of mass in mm of the half-way space.
  public let centroid: SIMD3<Double>
}
