public import Volumes

/// How the T1w of a scan fits it.
public struct T1wRecord: Codable, Hashable, Sendable {
  /// The name of the file.
  public let file: String
  /// The rigid registration; nil if the T1w could not be registered.
  public internal(set) var registration: Registration?
  /// Why the T1w was not used; nil if it was.
  public internal(set) var refusal: String?

  /// The rigid registration of a scan to its T1w.
  public struct Registration: Codable, Hashable, Sendable {
    /// The map from world mm of the scan to world mm of the T1w.
    public let toT1w: Affine
    /// The largest distance in mm between the results of the two directions.
    public let inconsistency: Double
    /// The factors by which an affine map would stretch the scan along R, A and S.
    public let stretch: SIMD3<Double>
    /// The Dice overlap of the brains where both scans show the head.
    public let overlap: Double
    /// How much of the fine structure of the one explains that of the other, 0...1.
    public let agreement: Double
    /// The fraction of the scan's brain that the T1w shows.
    public let coverage: Double

    private enum CodingKeys: String, CodingKey {
      case toT1w = "ScanToT1w"
      case inconsistency = "InconsistencyMM"
      case stretch = "AffineStretch"
      case overlap = "BrainOverlap"
      case agreement = "StructureAgreement"
      case coverage = "BrainShown"
    }
  }

  /// The map from world mm of the scan to world mm of the T1w; nil if the T1w was not used.
  package var toT1w: Affine? { refusal == nil ? registration?.toT1w : nil }

  private enum CodingKeys: String, CodingKey {
    case file = "File"
    case registration = "Registration"
    case refusal = "NotUsed"
  }
}
