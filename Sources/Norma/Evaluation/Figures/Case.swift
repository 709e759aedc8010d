extension Evaluation {
  /// One case, a scan or a single slice; what is undefined is absent.
  public struct Case: Codable, Hashable, Sendable {
    /// The case's name.
    public let caseID: String
    /// The participant of the scan.
    public let participantID: String
    /// Voxels that count.
    public let brainVoxels: Int
    /// Lesion voxels among them.
    public let lesionVoxels: Int
    /// Lesion voxels outside the scored brain.
    public let lesionVoxelsOutsideBrain: Int
    /// Average precision on this case's voxels.
    public let auprc: Double?
    /// Best Dice of any threshold on this case's own labels (oracle).
    public let diceOracle: Double?
    /// Mean, 99.9th percentile (linear interpolation) and maximum of the brain voxels' scores; nil without any.
    public let scoreMean, scoreP999, scoreMaximum: Double?
    /// The figures at each operating point, by its name.
    public let operatingPoints: [String: AtPoint]

    /// Whether anything of the case was annotated as a lesion, inside the scored brain or outside.
    public var hasLesion: Bool { lesionVoxels + lesionVoxelsOutsideBrain > 0 }

    enum CodingKeys: String, CodingKey {
      case caseID = "case_id"
      case participantID = "participant_id"
      case brainVoxels = "brain_voxels"
      case lesionVoxels = "lesion_voxels"
      case lesionVoxelsOutsideBrain = "lesion_voxels_outside_brain"
      case auprc
      case diceOracle = "dice_oracle"
      case scoreMean = "score_mean"
      case scoreP999 = "score_p99_9"
      case scoreMaximum = "score_max"
      case operatingPoints = "operating_points"
    }
  }
}

extension Evaluation.Case {
  /// A case's figures at one threshold, of the predicted mask without dropped regions except for `observedFPR`.
  public struct AtPoint: Codable, Hashable, Sendable {
    /// False-positive rate in the voxels outside lesions before regions are dropped: what the threshold was chosen by.
    public let observedFPR: Double?
    /// 2 TP / (predicted + lesion) voxels; nil without a lesion.
    public let dice: Double?
    /// Fraction of lesion voxels that are predicted; nil without a lesion.
    public let recall: Double?
    /// Fraction of predicted voxels that are lesion; nil without a lesion or a prediction.
    public let precision: Double?
    /// |predicted - lesion| / lesion volume in %; nil without a lesion.
    public let absoluteVolumeDifference: Double?
    /// The predicted volume in mL; in a lesion-free case all of it is false.
    public let predictedVolume: Double
    /// Predicted connected regions; nil in a ranking.
    public let predictedRegions: Int?
    /// 95th percentile of the surface distance in mm (see the documentation); nil where a mask is empty.
    public let hd95: Double?
    /// Fraction of surface voxels within 1 mm of the other surface; nil without a lesion.
    public let surfaceDice: Double?
    /// Fraction of lesions that a predicted voxel touches; nil without a lesion.
    public let lesionRecall: Double?
    /// Harmonic mean of lesion recall and the fraction of predicted regions that touch a lesion; nil without a
    /// lesion.
    public let lesionF1: Double?

    enum CodingKeys: String, CodingKey {
      case dice, recall, precision
      case observedFPR = "observed_fpr"
      case absoluteVolumeDifference = "absolute_volume_difference_percent"
      case predictedVolume = "predicted_volume_ml"
      case predictedRegions = "predicted_regions"
      case hd95 = "hd95_mm"
      case surfaceDice = "surface_dice_1mm"
      case lesionRecall = "lesion_recall"
      case lesionF1 = "lesion_f1"
    }

    /// The figures that are summed up per participant, by their name in `evaluation.json`.
    static var summarised: [(name: String, value: KeyPath<Self, Double?>)] {
      [
        ("dice", \.dice), ("recall", \.recall), ("precision", \.precision), ("hd95_mm", \.hd95),
        ("surface_dice_1mm", \.surfaceDice), ("lesion_recall", \.lesionRecall), ("lesion_f1", \.lesionF1),
        ("absolute_volume_difference_percent", \.absoluteVolumeDifference),
      ]
    }
  }
}
