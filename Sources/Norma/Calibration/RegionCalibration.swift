import Base
import Foundation

/// The regions that the map of brain without a known lesion has above an extent: all of them are false.
///
/// They are counted per 1,200 mL of scored brain, about one brain, so that scans of which more or less was
/// scored can be compared.
public struct RegionCalibration: Codable, Hashable, Sendable {
  /// The extent threshold of the regions (``RegionRule/extent``).
  public let extent: Double
  /// The volumes (not single slices) that were searched.
  public let scans: Int
  /// Their scored brain that is away from known lesions, in mL.
  public let brainML: Double
  /// The highest score of each region, falling.
  public let peaks: [Double]
  /// The volume in mm³ of each region, in the order of ``peaks``.
  public let volumes: [Double]

  /// The volume in mL that counts as one brain.
  public static let wholeBrainML = 1200.0
  /// The false regions per brain that are reported.
  public static let reportedCounts = [0.25, 0.5, 1, 2, 4, 8]

  /// One region.
  struct Region: Hashable {
    let peak, volume: Double
  }

  /// The regions of all scans; nil for less than one whole brain.
  init?(_ regions: [Region], extent: Double, scans: Int, brainML: Double) {
    let brains = brainML / Self.wholeBrainML
    guard brains >= 1 else { return nil }
    let kept = Self.thinned(regions, limit: Self.reportedCounts[Self.reportedCounts.count - 1] * brains)
    (self.extent, self.scans, self.brainML) = (extent, scans, brainML)
    (peaks, volumes) = (kept.map(\.peak), kept.map(\.volume))
  }

  /// The regions, highest first, without those that more than `limit` others equal or exceed in peak and
  /// volume: none of these decides a reported count, whatever the smallest volume.
  private static func thinned(_ regions: [Region], limit: Double) -> [Region] {
    var kept = [Region]()
    for region in regions.sorted(by: { ($0.peak, $0.volume) > ($1.peak, $1.volume) })
    where Double(kept.count { $0.volume >= region.volume }) <= limit { kept.append(region) }
    return kept
  }

  /// Whole brains that were searched; not an integer.
  public var brains: Double { brainML / Self.wholeBrainML }

  /// Returns the peak threshold above which `count` regions or fewer per brain remain, of those of at least
  /// `minimumVolume` mm³.
  ///
  /// - Throws: A ``Problem`` for a count that would be less than one region in all brains together, or that
  ///   is above the largest reported one.
  public func peak(atFalseRegions count: Double, minimumVolume: Double = 0) throws -> Double {
    guard let most = Self.reportedCounts.last, (1 / brains...most).contains(count) else {
      throw Problem(
        .usage, "the bundle has no threshold for \(count.formatted(fraction: 4)) false regions per brain",
        at: "--false-regions",
        advice: "give a number from \((1 / brains).formatted(fraction: 4)), one region in all "
          + "\(brains.formatted(fraction: 1)) brains of its calibration, to 8, or use --fpr")
    }
    let allowed = Int((count * brains).rounded(.down))
    let found = zip(peaks, volumes).filter { $1 >= minimumVolume }.map(\.0)
    return allowed < found.count ? max(extent, found[allowed]) : extent
  }

  /// The reported counts that can be measured, with their peak thresholds.
  public func curve(minimumVolume: Double = 0) -> [(falseRegions: Double, peak: Double)] {
    Self.reportedCounts.compactMap { count in
      (try? peak(atFalseRegions: count, minimumVolume: minimumVolume)).map { (count, $0) }
    }
  }

  /// Returns the number of regions per brain that have at least this peak and this volume in mm³, as if one
  /// more brain had been searched and had one: (regions + 1) / (brains + 1). Beyond 8 it is a lower bound.
  public func falseRegions(peak: Double, volume: Double) -> Double {
    let found = zip(peaks, volumes).count { $0 >= peak && $1 >= volume }
    return Double(found + 1) / (brains + 1)
  }

  /// Returns the probability that `scoredVolumeML` of brain without a lesion has a region with at least this
  /// peak and this volume in mm³: 1 - exp(-n), where n regions are expected (Poisson, as for clusters of
  /// random fields: Friston et al. 1994).
  public func pValue(peak: Double, volume: Double, scoredVolumeML: Double) -> Double {
    1 - exp(-falseRegions(peak: peak, volume: volume) * scoredVolumeML / Self.wholeBrainML)
  }
}
