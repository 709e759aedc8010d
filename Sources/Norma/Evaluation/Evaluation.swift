/// How well anomaly maps find lesions: the contents of `evaluation.json`.
public struct Evaluation: Codable, Sendable {
  /// One case; what is undefined is absent.
  public struct Case: Codable, Hashable, Sendable {
    /// The case's name.
    public let caseID: String
    /// Who was scanned.
    public let participantID: String
    /// Voxels that count.
    public let brainVoxels: Int
    /// Lesion voxels among them.
    public let lesionVoxels: Int
    /// Average precision on this case's voxels.
    public let auprc: Double?
    /// Best Dice of any threshold on this case's own labels (oracle).
    public let diceOracle: Double?
    public let diceFPR01, diceFPR05, diceFPR10: Double?
    /// False-positive rate in the healthy voxels of this case at the thresholds above.
    public let observedFPR01, observedFPR05, observedFPR10: Double?

    enum CodingKeys: String, CodingKey {
      case caseID = "case_id"
      case participantID = "participant_id"
      case brainVoxels = "brain_voxels"
      case lesionVoxels = "lesion_voxels"
      case auprc
      case diceOracle = "dice_oracle"
      case diceFPR01 = "dice_fpr_01"
      case diceFPR05 = "dice_fpr_05"
      case diceFPR10 = "dice_fpr_10"
      case observedFPR01 = "observed_fpr_01"
      case observedFPR05 = "observed_fpr_05"
      case observedFPR10 = "observed_fpr_10"
    }
  }

  /// Mean, standard deviation, median over the cases where a value is defined.
  public struct Summary: Codable, Hashable, Sendable {
    public let mean, sd, median: Double
    /// Cases in which the value is defined.
    public let cases: Int
  }

  /// The method that made the maps.
  public let method: String
  /// Cases evaluated.
  public let cases: Int
  /// People they belong to.
  public let participants: Int
  /// Cases without a lesion voxel: their Dice is undefined and in no mean.
  public let casesWithoutLesion: Int
  /// Cases of the manifest that should have been evaluated and have no finished prediction.
  public let casesWithoutPrediction: Int
  /// Fraction of brain voxels in a lesion.
  public let prevalence: Double
  /// Lesion voxels outside the scored brain, which no threshold can find; they are in no figure.
  public let lesionVoxelsOutsideBrain: Int

  /// Average precision over all brain voxels, pooled, with 95 % interval (bootstrap over participants).
  public let auprc: Double?
  /// Low and high end of the 95 % interval.
  public let auprcInterval: [Double]?
  /// Best Dice of any one threshold, chosen on these labels: an upper bound, not a result.
  public let diceOracle: Double?
  /// Low and high end of the 95 % interval.
  public let diceOracleInterval: [Double]?
  /// The score at which that Dice is reached.
  public let diceOracleThreshold: Double?
  /// Pooled Dice at the thresholds of healthy false-positive rate 1, 5 and 10 %, known before any label.
  public let diceFPR01, diceFPR05, diceFPR10: Double?
  public let diceFPR01Interval, diceFPR05Interval, diceFPR10Interval: [Double]?
  /// The rate that was observed in the healthy voxels of these cases at those thresholds.
  public let observedFPR01, observedFPR05, observedFPR10: Double?
  /// How often participants were resampled.
  public let bootstrapSamples: Int
  /// Seed of the resampling.
  public let bootstrapSeed: UInt64
  /// Per-case summaries by metric name.
  public let perCase: [String: Summary]
  /// One entry a case.
  public let table: [Case]
  /// Points of the precision-recall curve.
  public let curve: [PrecisionRecall.Point]

  enum CodingKeys: String, CodingKey {
    case method, cases, participants, prevalence, auprc, table, curve
    case casesWithoutLesion = "cases_without_lesion"
    case casesWithoutPrediction = "cases_without_prediction"
    case lesionVoxelsOutsideBrain = "lesion_voxels_outside_brain"
    case auprcInterval = "auprc_interval"
    case diceOracle = "dice_oracle"
    case diceOracleInterval = "dice_oracle_interval"
    case diceOracleThreshold = "dice_oracle_threshold"
    case diceFPR01 = "dice_fpr_01"
    case diceFPR05 = "dice_fpr_05"
    case diceFPR10 = "dice_fpr_10"
    case diceFPR01Interval = "dice_fpr_01_interval"
    case diceFPR05Interval = "dice_fpr_05_interval"
    case diceFPR10Interval = "dice_fpr_10_interval"
    case observedFPR01 = "observed_fpr_01"
    case observedFPR05 = "observed_fpr_05"
    case observedFPR10 = "observed_fpr_10"
    case bootstrapSamples = "bootstrap_samples"
    case bootstrapSeed = "bootstrap_seed"
    case perCase = "per_case"
  }
}

extension Evaluation.Summary {
  /// Nil when no value is defined.
  init?(_ values: [Double?]) {
    let defined = values.compactMap { $0 }.sorted()
    guard !defined.isEmpty else { return nil }
    let average = defined.reduce(0, +) / Double(defined.count)
    let squares = defined.reduce(0) { $0 + ($1 - average) * ($1 - average) }
    mean = average
    sd = defined.count > 1 ? (squares / Double(defined.count - 1)).squareRoot() : 0
    median = (defined[(defined.count - 1) / 2] + defined[defined.count / 2]) / 2
    cases = defined.count
  }
}
