import Foundation

/// Gathers cases one by one and computes the figures at the end.
package struct Evaluator {
  /// Thresholds of healthy false-positive rate 1, 5 and 10 %, in this order; nil where the bundle has none.
  package let thresholds: [Double?]
  private var cases: [Evaluation.Case] = []
  private var participants: [Participant] = []
  private var lesionVoxelsOutsideBrain = 0

  private struct Participant {
    let id: String
    var voxels = ScoredVoxels()
    var overlaps = [Overlap](repeating: Overlap(), count: 3)
  }

  package init(thresholds: [Double?]) {
    precondition(thresholds.count == 3)
    self.thresholds = thresholds
  }

  /// Adds a case: its scored brain voxels, and how many lesion voxels lie outside them.
  package mutating func add(
    caseID: String, participantID: String, voxels: ScoredVoxels, lesionVoxelsOutsideBrain: Int = 0
  ) {
    let all = voxels.counts(above: -1)
    let overlaps = thresholds.map { threshold in
      var overlap = Overlap()
      (overlap.lesionVoxels, overlap.healthyVoxels) = all
      if let threshold { (overlap.truePositives, overlap.falsePositives) = voxels.counts(above: threshold) }
      return overlap
    }
    func defined<Value>(_ index: Int, _ value: Value?) -> Value? { thresholds[index] == nil ? nil : value }
    let ranking = PrecisionRecall(voxels)
    cases.append(
      Evaluation.Case(
        caseID: caseID, participantID: participantID, brainVoxels: voxels.count, lesionVoxels: all.lesion,
        auprc: ranking.averagePrecision, diceOracle: ranking.oracleDice?.value,
        diceFPR01: defined(0, overlaps[0].dice), diceFPR05: defined(1, overlaps[1].dice),
        diceFPR10: defined(2, overlaps[2].dice), observedFPR01: defined(0, overlaps[0].falsePositiveRate),
        observedFPR05: defined(1, overlaps[1].falsePositiveRate),
        observedFPR10: defined(2, overlaps[2].falsePositiveRate)))
    let index = participants.firstIndex { $0.id == participantID } ?? participants.count
    if index == participants.count { participants.append(Participant(id: participantID)) }
    participants[index].voxels.append(contentsOf: voxels)
    participants[index].overlaps = zip(participants[index].overlaps, overlaps).map(+)
    self.lesionVoxelsOutsideBrain += lesionVoxelsOutsideBrain
  }

  /// The figures over all cases; throws a ``Problem`` when there is none.
  package func evaluation(
    method: String, casesWithoutPrediction: Int = 0, samples: Int = 1000, seed: UInt64 = 0
  ) throws -> Evaluation {
    guard !cases.isEmpty else {
      throw Problem(
        .badData, "no case has both a prediction and a lesion mask", at: method,
        advice: "evaluate against the manifest whose cases were segmented")
    }
    var pooled = ScoredVoxels()
    pooled.reserveCapacity(participants.reduce(0) { $0 + $1.voxels.count })
    for participant in participants { pooled.append(contentsOf: participant.voxels) }
    let ranking = PrecisionRecall(pooled)
    let overlaps = (0..<3).map { index in participants.map { $0.overlaps[index] }.reduce(Overlap(), +) }
    let bootstrap = try Bootstrap(participants: participants.count, samples: samples, seed: seed)
    let rankingIntervals = try rankingIntervals(bootstrap, pooled: pooled)
    let diceIntervals = try (0..<3).map { try diceInterval(bootstrap, $0) }
    func at(_ index: Int) -> Overlap? { thresholds[index] == nil ? nil : overlaps[index] }
    let metrics: [(String, KeyPath<Evaluation.Case, Double?>)] = [
      ("auprc", \.auprc), ("dice_oracle", \.diceOracle), ("dice_fpr_01", \.diceFPR01),
      ("dice_fpr_05", \.diceFPR05),
      ("dice_fpr_10", \.diceFPR10),
    ]
    var perCase = [String: Evaluation.Summary]()
    for (name, path) in metrics { perCase[name] = Evaluation.Summary(cases.map { $0[keyPath: path] }) }
    return Evaluation(
      method: method, cases: cases.count, participants: participants.count,
      casesWithoutLesion: cases.filter { $0.lesionVoxels == 0 }.count,
      casesWithoutPrediction: casesWithoutPrediction,
      prevalence: Double(overlaps[0].lesionVoxels) / Double(pooled.count),
      lesionVoxelsOutsideBrain: lesionVoxelsOutsideBrain, auprc: ranking.averagePrecision,
      auprcInterval: rankingIntervals?.auprc, diceOracle: ranking.oracleDice?.value,
      diceOracleInterval: rankingIntervals?.dice,
      diceOracleThreshold: ranking.oracleDice.map { Double($0.threshold) },
      diceFPR01: at(0)?.dice, diceFPR05: at(1)?.dice, diceFPR10: at(2)?.dice,
      diceFPR01Interval: diceIntervals[0],
      diceFPR05Interval: diceIntervals[1], diceFPR10Interval: diceIntervals[2],
      observedFPR01: at(0)?.falsePositiveRate, observedFPR05: at(1)?.falsePositiveRate,
      observedFPR10: at(2)?.falsePositiveRate, bootstrapSamples: samples, bootstrapSeed: seed,
      perCase: perCase,
      table: cases, curve: ranking.curve)
  }

  private func diceInterval(_ bootstrap: Bootstrap, _ index: Int) throws -> [Double]? {
    guard thresholds[index] != nil else { return nil }
    let rows = participants.map { participant -> [Float] in
      let overlap = participant.overlaps[index]
      return [Float(overlap.truePositives), Float(overlap.falsePositives), Float(overlap.lesionVoxels)]
    }
    return try bootstrap.interval(rows) { $0[2] == 0 ? nil : 2 * $0[0] / ($0[0] + $0[1] + $0[2]) }
  }

  /// Bins of equal recall; finer than any interval is wide.
  private static let recallBins = 1024

  /// Resamples participants' histograms over bins that each hold the same share of lesion voxels.
  private func rankingIntervals(
    _ bootstrap: Bootstrap, pooled: ScoredVoxels
  ) throws -> (auprc: [Double]?, dice: [Double]?)? {
    let positives = pooled.counts(above: -1).lesion
    guard positives > 0 else { return nil }
    var edges = [Float](), seen = 0
    let share = max(1, positives / Self.recallBins)
    pooled.forEachTieDescending { tie in
      // Scores above `edge` are in earlier bins, so the edge is the tie's next smaller value.
      seen += tie.lesion
      if seen >= share * (edges.count + 1) { edges.append(tie.score.nextDown) }
    }
    let rows = participants.map { participant -> [Float] in
      let (lesion, healthy) = participant.voxels.histogram(fallingEdges: edges)
      return lesion + healthy
    }
    let bins = edges.count + 1
    func sweep(_ sums: [Double]) -> (average: Double, dice: Double)? {
      let positives = sums[..<bins].reduce(0, +)
      guard positives > 0 else { return nil }
      var hits = 0.0, called = 0.0, average = 0.0, dice = 0.0
      for bin in 0..<bins where sums[bin] + sums[bins + bin] > 0 {
        hits += sums[bin]
        called += sums[bin] + sums[bins + bin]
        average += sums[bin] / positives * hits / called
        dice = max(dice, 2 * hits / (positives + called))
      }
      return (average, dice)
    }
    return (
      try bootstrap.interval(rows) { sweep($0)?.average }, try bootstrap.interval(rows) { sweep($0)?.dice }
    )
  }
}
