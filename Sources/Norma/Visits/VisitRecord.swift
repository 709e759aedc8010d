import Base
import Cohort
import Foundation
public import Volumes

/// How two visits were compared, and the sums; the table has the regions.
public struct VisitRecord: Codable, Sendable {
  /// One visit.
  public struct Visit: Codable, Sendable {
    /// The name of its case.
    public let caseID: String
    /// The volume of its regions in mL.
    public let volumeML: Double
    /// The volume in the mask that was thresholded together with that of the other visit, half way, in mL.
    public let jointVolumeML: Double
    /// The number of its regions.
    public let regions: Int
    /// The median intensity of stable white matter.
    public let whiteMatter: Double
    /// The checksum of its results, which says whether they are those that were compared.
    let digest: String

    private enum CodingKeys: String, CodingKey {
      case caseID = "Case"
      case volumeML = "LesionVolumeML"
      case jointVolumeML = "JointVolumeML"
      case regions = "Regions"
      case whiteMatter = "WhiteMatter"
      case digest = "ResultSHA256"
    }
  }

  /// The registration of the visits.
  public struct Registration: Codable, Sendable {
    /// The rows of the map from world mm of the baseline to those of the follow-up.
    public let toFollowUp: Affine
    /// The largest distance in mm between the results of the two directions.
    public let inconsistency: Double
    /// The factors by which an affine map would stretch the baseline along R, A and S.
    public let stretch: SIMD3<Double>
    /// The Dice overlap of the brains and the correlation of their fine structure.
    public let overlap, agreement: Double

    private enum CodingKeys: String, CodingKey {
      case toFollowUp = "BaselineToFollowUp"
      case inconsistency = "InconsistencyMM"
      case stretch = "AffineStretch"
      case overlap = "BrainOverlap"
      case agreement = "StructureAgreement"
    }
  }

  /// The participant.
  public let participantID: String
  /// The visits in their order.
  public let baseline, followUp: Visit
  /// The volume that the changed regions gained less what they lost, in mL.
  public let evidentChangeML: Double
  /// The registration.
  public let registration: Registration
  /// The standard deviation of the difference in stable white matter, whose intensity is 1.
  public let deviation: Double
  /// The number of regions by kind.
  public let counts: [String: Int]
  /// The rule of the kinds.
  public let rule: ChangeRule
  /// The bundle.
  public let bundle: String
  /// Remarks for the reader, in sentences.
  public let notes: [String]
  /// The version of Norma.
  public var normaVersion = NormaVersion.current

  private enum CodingKeys: String, CodingKey {
    case participantID = "Participant"
    case baseline = "Baseline"
    case followUp = "FollowUp"
    case evidentChangeML = "EvidentVolumeChangeML"
    case registration = "Registration"
    case deviation = "WhiteMatterDeviation"
    case counts = "Changes"
    case rule = "Rule"
    case bundle = "Bundle"
    case notes = "Notes"
    case normaVersion = "NormaVersion"
  }
}

extension VisitRecord {
  /// The checksum of what decides the results of a case: scan, brain mask, bundle, rule and preprocessing.
  static func digest(of caseID: String, in output: URL) throws -> String {
    try Digest.of(file: output.appendingPathComponent(CaseFiles(caseID: caseID).maskSidecar))
  }

  /// Whether this version would compare the results that are in the folder in the same way.
  func isCurrent(in output: URL) -> Bool {
    rule == ChangeRule() && normaVersion == NormaVersion.current
      && [baseline, followUp].allSatisfy { $0.digest == (try? Self.digest(of: $0.caseID, in: output)) }
  }

  /// The map from the world mm of one of the two cases to those of the other; nil for any other case.
  package func map(from one: String, to other: String) -> Affine? {
    switch (one, other) {
    case (baseline.caseID, followUp.caseID): registration.toFollowUp
    case (followUp.caseID, baseline.caseID): try? registration.toFollowUp.inverse()
    default: nil
    }
  }
}
