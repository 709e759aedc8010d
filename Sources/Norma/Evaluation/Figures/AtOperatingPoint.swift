extension Evaluation {
  /// The figures at one threshold, of the predicted masks without dropped regions except for `observedFPR`.
  public struct AtOperatingPoint: Codable, Hashable, Sendable {
    /// How the threshold was chosen, for example `fpr_0.01`.
    public let name: String
    /// Voxels with a score above it are predicted as lesion.
    public let threshold: Double
    /// The score that a called region must reach; nil calls every region.
    public var peak: Double?
    /// Pooled Dice over all cases' voxels; nil without a lesion.
    public let dice: Double?
    /// Low and high end of the 95 % interval.
    public let diceInterval: [Double]?
    /// False-positive rate observed in all voxels outside lesions, before regions are dropped.
    public let observedFPR: Double?
    /// Pooled fraction of predicted voxels that are lesion; nil without a lesion or a prediction.
    public let precision: Double?
    /// Pooled fraction of lesion voxels that are predicted; nil without a lesion.
    public let recall: Double?
    /// Per-participant summaries by the names of a case's figures: `dice`, `hd95_mm`, `lesion_f1`, ...
    public let perParticipant: [String: Summary]
    /// Whole lesions found, by size; nil in a ranking.
    public let lesionStrata: [Stratum]?
    /// The predictions in cases without a lesion; nil without such cases.
    public let lesionFree: LesionFree?

    enum CodingKeys: String, CodingKey {
      case name, threshold, peak, dice, precision, recall
      case diceInterval = "dice_interval"
      case observedFPR = "observed_fpr"
      case perParticipant = "per_participant"
      case lesionStrata = "lesion_strata"
      case lesionFree = "lesion_free"
    }
  }

  /// The lesions of one size.
  public struct Stratum: Codable, Hashable, Sendable {
    /// `<200`, `200-1000` or `>1000` mm³, in single slices mm².
    public let size: String
    /// How many there are in all cases.
    public let lesions: Int
    /// How many of them a predicted voxel touches.
    public let found: Int
    /// Their fraction; nil without lesions.
    public let recall: Double?
    /// Low and high end of the 95 % interval.
    public let recallInterval: [Double]?

    enum CodingKeys: String, CodingKey {
      case size, lesions, found, recall
      case recallInterval = "recall_interval"
    }
  }

  /// Cases in which every predicted voxel is false.
  public struct LesionFree: Codable, Hashable, Sendable {
    /// How many there are.
    public let cases: Int
    /// Those in which something is predicted.
    public let flagged: Int
    /// Their fraction.
    public let fractionFlagged: Double
    /// Low and high end of the 95 % interval.
    public let fractionFlaggedInterval: [Double]?
    /// Predicted volume of a case in mL.
    public let volume: Summary?
    /// Predicted regions of a case; nil in a ranking.
    public let regions: Summary?

    enum CodingKeys: String, CodingKey {
      case cases, flagged, regions
      case fractionFlagged = "fraction_flagged"
      case fractionFlaggedInterval = "fraction_flagged_interval"
      case volume = "volume_ml"
    }
  }

  /// How well one number of a case separates cases with a lesion from cases without.
  public struct Detection: Codable, Hashable, Sendable {
    /// Area under the ROC curve.
    public let auroc: Double
    /// Low and high end of the 95 % interval.
    public let aurocInterval: [Double]?
    /// Average precision; guessing reaches the fraction of cases with a lesion.
    public let auprc: Double
    /// Low and high end of the 95 % interval.
    public let auprcInterval: [Double]?

    enum CodingKeys: String, CodingKey {
      case auroc, auprc
      case aurocInterval = "auroc_interval"
      case auprcInterval = "auprc_interval"
    }
  }
}
