import Base

/// One case's figures, with the counts that pooled figures need.
struct MeasuredCase {
  /// The counts at one operating point.
  struct Counts {
    /// All voxels above the threshold.
    let threshold: Overlap
    /// Without the dropped regions.
    let mask: Overlap
    /// Nil in a ranking.
    let lesions: LesionCounts?
  }

  let figures: Evaluation.Case
  /// One entry an operating point.
  let counts: [Counts]

  /// Measures a case whose ranked voxels are `voxels` and, packed, `run`.
  init(
    _ input: CaseInput, voxels: ScoredVoxels, run: ScoreRun, operatingPoints: [OperatingPoint],
    minimumLesionSize: Double, detail: Evaluator.Detail
  ) throws {
    var ranked = RankedVoxels(memoryBudget: .max)
    try ranked.add(run, group: 0)
    let ranking = try PrecisionRecall(ranked)
    let scores = CaseScores(ascending: voxels.packed)
    let comparison = MaskComparison(input, minimumLesionSize: minimumLesionSize, detail: detail)
    let measured = operatingPoints.map(comparison.compare)
    counts = measured.map(\.counts)
    figures = Evaluation.Case(
      caseID: input.caseID, participantID: input.participantID, brainVoxels: voxels.count,
      lesionVoxels: run.lesion, lesionVoxelsOutsideBrain: input.lesionVoxelsOutsideBrain,
      auprc: ranking.averagePrecision, diceOracle: ranking.oracleDice?.value, scoreMean: scores?.mean,
      scoreP999: scores?.percentile999, scoreMaximum: scores?.maximum,
      operatingPoints: Dictionary(
        uniqueKeysWithValues: zip(operatingPoints.map(\.name), measured.map(\.figures))))
  }
}

/// A summary of the scores of a case as one number.
private struct CaseScores {
  let mean, percentile999, maximum: Double

  /// Nil without voxels.
  init?(ascending keys: [UInt32]) {
    guard !keys.isEmpty else { return nil }
    let scores = keys.lazy.map { Double(ScoredVoxels.score(ofPacked: $0)) }
    mean = scores.reduce(0, +) / Double(keys.count)
    percentile999 = scores.quantile(0.999)
    maximum = scores[keys.count - 1]
  }
}
