import Base
public import Foundation
public import Volumes

/// Gathers cases one by one, in bounded memory, and computes the figures at the end.
public struct Evaluator {
  /// The extent of the evaluation.
  public enum Detail: Sendable {
    /// Rankings and voxel counts, and with them surfaces, lesions and lesion sizes at every operating point.
    case full
    /// Rankings and voxel counts only: fast, for many methods.
    case ranking
  }

  private let operatingPoints: [OperatingPoint]
  private let minimumLesionSize: Double
  private let detail: Detail
  private var voxels: RankedVoxels
  private var cases: [MeasuredCase] = []
  private var participants: [String] = []
  private var casesByParticipant: [[Int]] = []
  private var groups: [String: Int] = [:]

  /// Creates an evaluator without cases.
  ///
  /// - Parameters:
  ///   - operatingPoints: Thresholds that were known before; their names must differ.
  ///   - minimumLesionSize: Predicted regions below this size in mm³ are dropped.
  ///   - detail: Which figures are computed.
  ///   - memoryBudget: The bytes that scores may take (one or two per voxel) before they go to a scratch
  ///     file.
  ///   - scratchFolder: The folder of that file.
  public init(
    operatingPoints: [OperatingPoint], minimumLesionSize: Double = 0, detail: Detail = .full,
    memoryBudget: Int = 64 << 20, scratchFolder: URL = FileManager.default.temporaryDirectory
  ) {
    precondition(Set(operatingPoints.map(\.name)).count == operatingPoints.count, "a name is used twice")
    (self.operatingPoints, self.minimumLesionSize) = (operatingPoints, minimumLesionSize)
    self.detail = detail
    voxels = RankedVoxels(memoryBudget: memoryBudget, scratchFolder: scratchFolder)
  }

  /// Adds a case, a scan or a single slice.
  ///
  /// - Parameters:
  ///   - caseID: The name of the case.
  ///   - participantID: The participant, by whom the bootstrap resamples.
  ///   - map: Anomaly scores of 0 or more.
  ///   - lesion: The expert's mask, on the same grid.
  ///   - brain: The scored voxels, on the same grid.
  /// - Throws: A ``Problem`` of kind `badData` if the shapes differ or a score is negative or not finite, or
  ///   `inputOutput` if the scratch file cannot be written.
  public mutating func add(
    caseID: String, participantID: String, map: Volume, lesion: Mask, brain: Mask
  ) throws {
    let input = try CaseInput(
      caseID: caseID, participantID: participantID, map: map, lesion: lesion, brain: brain)
    let ranked = input.rankedVoxels(), run = ScoreRun(ascending: ranked.packed)
    let measured = try MeasuredCase(
      input, voxels: ranked, run: run, operatingPoints: operatingPoints, minimumLesionSize: minimumLesionSize,
      detail: detail)
    let group = groups[participantID] ?? participants.count
    if group == participants.count {
      groups[participantID] = group
      participants.append(participantID)
      casesByParticipant.append([])
    }
    try voxels.add(run, group: group)
    casesByParticipant[group].append(cases.count)
    cases.append(measured)
  }

  /// The figures over all cases.
  ///
  /// - Parameters:
  ///   - method: The name of the method in tables.
  ///   - casesWithoutPrediction: How many cases should have been added and were not.
  ///   - samples: How often the bootstrap resamples the participants.
  ///   - seed: The seed of the resampling.
  /// - Returns: The figures with 95 % intervals.
  /// - Throws: A ``Problem`` of kind `badData` if there is no case, or if the scratch file cannot be read.
  public func evaluation(
    method: String, casesWithoutPrediction: Int = 0, samples: Int = 1000, seed: UInt64 = 0
  ) throws -> Evaluation {
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "no case has both a prediction and a lesion mask", at: method,
        advice: "evaluate against the manifest whose cases were segmented")
    }
    let resampled = try Participants(
      ids: participants, cases: casesByParticipant, samples: samples, seed: seed)
    let pooled = try RankingFigures(voxels, bootstrap: resampled.bootstrap, order: resampled.groups)
    let figures = cases.map(\.figures)
    var perParticipant = [String: Evaluation.Summary]()
    perParticipant["auprc"] = try resampled.summary(figures.map(\.auprc))
    perParticipant["dice_oracle"] = try resampled.summary(figures.map(\.diceOracle))
    return Evaluation(
      method: method, cases: cases.count, participants: participants.count,
      casesWithoutLesion: figures.filter { $0.lesionVoxels == 0 }.count,
      casesWithoutPrediction: casesWithoutPrediction,
      prevalence: Double(voxels.lesion) / Double(max(voxels.count, 1)),
      lesionVoxelsOutsideBrain: figures.reduce(0) { $0 + $1.lesionVoxelsOutsideBrain },
      minimumLesionSize: minimumLesionSize, auprc: pooled.ranking.averagePrecision,
      auprcInterval: pooled.averagePrecisionInterval, auroc: pooled.ranking.auroc,
      aurocInterval: pooled.aurocInterval, diceOracle: pooled.ranking.oracleDice?.value,
      diceOracleInterval: pooled.oracleDiceInterval,
      diceOracleThreshold: pooled.ranking.oracleDice.map { Double($0.threshold) },
      perParticipant: perParticipant,
      operatingPoints: try operatingPoints.indices.map { index in
        try PooledCounts(cases, index: index, name: operatingPoints[index].name, resampled: resampled)
          .figures(at: operatingPoints[index])
      },
      detection: try CaseDetection(figures, casesByParticipant: casesByParticipant)?.figures(resampled),
      bootstrapSamples: samples, bootstrapSeed: seed, table: figures, curve: pooled.ranking.curve)
  }
}
