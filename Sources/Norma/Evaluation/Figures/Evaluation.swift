/// How well anomaly maps find lesions: the contents of `evaluation.json`.
public struct Evaluation: Codable, Sendable {
  /// The method that made the maps.
  public let method: String
  /// Cases evaluated.
  public let cases: Int
  /// Participants they belong to.
  public let participants: Int
  /// Cases without a lesion voxel in the scored brain: their Dice is undefined and in no mean.
  public let casesWithoutLesion: Int
  /// Cases of the manifest that should have been evaluated and have no finished prediction.
  public let casesWithoutPrediction: Int
  /// Fraction of brain voxels in a lesion; 0 without a brain voxel.
  public let prevalence: Double
  /// Lesion voxels outside the scored brain, which no threshold can find; they are in no figure.
  public let lesionVoxelsOutsideBrain: Int
  /// Predicted regions below this size in mm³ were dropped from every mask.
  public let minimumLesionSize: Double

  /// Average precision over all brain voxels, pooled.
  public let auprc: Double?
  /// Low and high end of the 95 % interval (bootstrap over participants), as of every interval here.
  public let auprcInterval: [Double]?
  /// Area under the ROC curve over all brain voxels, pooled; optimistic where lesions are rare.
  public let auroc: Double?
  /// Low and high end of the 95 % interval.
  public let aurocInterval: [Double]?
  /// Best Dice of any one threshold, chosen on these labels: an upper bound, not a result.
  public let diceOracle: Double?
  /// Low and high end of the 95 % interval.
  public let diceOracleInterval: [Double]?
  /// The score at which that Dice is reached.
  public let diceOracleThreshold: Double?
  /// Per-participant summaries of `auprc` and `dice_oracle` (each case with its own best threshold).
  public let perParticipant: [String: Summary]
  /// One entry for each threshold that was known before.
  public let operatingPoints: [AtOperatingPoint]
  /// Separation of cases with a lesion from cases without by one number of a case: its `mean`, `p99_9` or
  /// `max` score; nil unless there are both.
  public let detection: [String: Detection]?

  /// How often participants were resampled.
  public let bootstrapSamples: Int
  /// Seed of the resampling.
  public let bootstrapSeed: UInt64
  /// One entry per case.
  public private(set) var table: [Case]
  /// Points of the precision-recall curve.
  public private(set) var curve: [PrecisionRecall.Point]

  /// The same figures without the rows of the cases and the curve.
  var summary: Evaluation {
    var summary = self
    (summary.table, summary.curve) = ([], [])
    return summary
  }

  /// The figures at the operating point of a name.
  public func atOperatingPoint(_ name: String) -> AtOperatingPoint? {
    operatingPoints.first { $0.name == name }
  }

  enum CodingKeys: String, CodingKey {
    case method, cases, participants, prevalence, auprc, auroc, detection, table, curve
    case casesWithoutLesion = "cases_without_lesion"
    case casesWithoutPrediction = "cases_without_prediction"
    case lesionVoxelsOutsideBrain = "lesion_voxels_outside_brain"
    case minimumLesionSize = "minimum_lesion_size"
    case auprcInterval = "auprc_interval"
    case aurocInterval = "auroc_interval"
    case diceOracle = "dice_oracle"
    case diceOracleInterval = "dice_oracle_interval"
    case diceOracleThreshold = "dice_oracle_threshold"
    case perParticipant = "per_participant"
    case operatingPoints = "operating_points"
    case bootstrapSamples = "bootstrap_samples"
    case bootstrapSeed = "bootstrap_seed"
  }
}
