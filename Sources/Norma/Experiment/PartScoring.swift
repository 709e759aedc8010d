import Methods
import Base
import Cohort
import Foundation
import Tensors
import Volumes

/// Scores the test scans of a trained method under every chain, thresholds measured first on lesion-free scans.
struct PartScoring {
  let scorer: Scorer
  let recipe: Recipe
  let split: Manifest
  /// At most so many scans of each kind; nil = all.
  let caseLimit: Int?
  let seed: UInt64
  /// Hears what is done, scans done and of all; may throw to stop.
  let progress: (ExperimentEvent.Work, Int, Int) throws -> Void

  struct Outcome {
    var chains: [RunResult.Chain] = []
    var headlines: [String] = []
    var testCases = 0
    var validationCases = 0
    var secondsPerSlice: [Double] = []
    /// The chain whose maps the report shows, with its threshold at 1 % healthy FPR.
    var shown: (chain: ScoringChain, threshold: Double)?
  }

  private var modelGrid: ModelGrid { ModelGrid(recipe: recipe) }

  func callAsFunction() throws -> Outcome {
    let validation = try split.cases(in: .validation).filter { try !$0.hasLesion() }.limited(caseLimit, seed)
    let labelled = try split.cases(in: .validation).filter { try $0.hasLesion() }.limited(caseLimit, seed)
    let training = try split.cases(in: .train).filter { try !$0.hasLesion() }.limited(caseLimit, seed)
    let test = split.cases(in: .test).filter { $0.lesionMask != nil }.limited(caseLimit, seed)
    let probe = try scored(validation[0])
    let chains = ScoringChain.ablation(of: scorer, reconstructs: probe.score.reconstruction != nil)

    let healthy = try histograms(chains, of: validation, .calibrating)
    let seen = try histograms(chains, of: training, .scoringTraining)
    var best = [LabelledThreshold?](repeating: nil, count: chains.count)
    if !labelled.isEmpty { best = try labelledThresholds(chains, on: labelled) }

    var outcome = Outcome()
    (outcome.testCases, outcome.validationCases) = (test.count, validation.count)
    outcome.headlines = Self.headlines(chains, own: scorer.settings)
    let points = chains.indices.map { index in
      operatingPoints(healthy: healthy[index], training: seen[index], labelled: best[index])
    }
    var evaluators = zip(chains, points).map { chain, points in
      Evaluator(
        operatingPoints: points, minimumLesionSize: chain.settings.minimumLesionSize,
        detail: outcome.headlines.contains(chain.name) ? .full : .ranking)
    }
    for (index, scan) in test.enumerated() {
      try progress(.scoringTest, index, test.count)
      let scored = try scored(scan)
      outcome.secondsPerSlice.append(scored.seconds / Double(scored.prepared.slices.count))
      let lesion = try lesions(of: scan, scored)
      for index in chains.indices {
        try evaluators[index].add(
          caseID: scan.id, participantID: scan.participantID, map: chains[index].map(scored), lesion: lesion,
          brain: scored.prepared.scoredBrain)
      }
    }
    try progress(.scoringTest, test.count, test.count)
    for (chain, evaluator) in zip(chains, evaluators) {
      let evaluation = try evaluator.evaluation(method: chain.name, seed: 0)
      let isHeadline = outcome.headlines.contains(chain.name)
      outcome.chains.append(
        RunResult.Chain(name: chain.name, evaluation: isHeadline ? evaluation : evaluation.summary))
    }
    if let shown = outcome.headlines.last, let index = chains.firstIndex(where: { $0.name == shown }) {
      outcome.shown = (chains[index], points[index][0].threshold)
    }
    return outcome
  }

  /// The map of one case under a chain, on the scan's own grid.
  func map(_ scan: ScanCase, _ chain: ScoringChain) throws -> Volume {
    let scored = try scored(scan)
    return scored.prepared.native(try chain.map(scored))
  }

  /// The published chain, with the component filter where the preset has it, and the scaled one.
  private static func headlines(_ chains: [ScoringChain], own: ScoringSettings) -> [String] {
    let plain = own.minimumLesionSize > 0 ? "component filter" : ScoringChain.plain
    return [plain, ScoringChain.scaled].filter { name in chains.contains { $0.name == name } }
  }

  private func scored(_ scan: ScanCase) throws -> ScoredScan {
    try ScoredScan(scan, modelGrid: modelGrid, method: scorer.method, device: scorer.device)
  }

  private func lesions(of scan: ScanCase, _ scored: ScoredScan) throws -> Mask {
    try scored.prepared.lesion(of: scan)
      ?? Mask(geometry: scored.prepared.scoredBrain.geometry, repeating: 0)
  }

  /// The scores in the brain of some scans, one histogram for each chain.
  private func histograms(
    _ chains: [ScoringChain], of cases: [ScanCase], _ work: ExperimentEvent.Work
  ) throws -> [ScoreHistogram] {
    var histograms = chains.map { _ in ScoreHistogram() }
    for (index, scan) in cases.enumerated() {
      try progress(work, index, cases.count)
      let scored = try scored(scan), brain = scored.prepared.scoredBrain.voxels
      for chain in chains.indices {
        let map = try chains[chain].map(scored).voxels
        for voxel in map.indices where brain[voxel] != 0 { histograms[chain].add(map[voxel]) }
      }
    }
    return histograms
  }

  private func labelledThresholds(
    _ chains: [ScoringChain], on cases: [ScanCase]
  ) throws -> [LabelledThreshold?] {
    var ranked = chains.map { _ in RankedVoxels() }
    for scan in cases {
      let scored = try scored(scan), brain = scored.prepared.scoredBrain.voxels
      let lesion = try lesions(of: scan, scored).voxels
      for chain in chains.indices {
        let map = try chains[chain].map(scored).voxels
        var voxels = ScoredVoxels()
        for voxel in map.indices where brain[voxel] != 0 {
          voxels.add(score: map[voxel], isLesion: lesion[voxel] != 0)
        }
        try ranked[chain].add(voxels)
      }
    }
    return try ranked.map { try LabelledThreshold($0) }
  }

  private func operatingPoints(
    healthy: ScoreHistogram, training: ScoreHistogram, labelled: LabelledThreshold?
  ) -> [OperatingPoint] {
    var points = zip(
      Calibration.reportedRates, healthy.thresholds(exceededBy: Calibration.reportedRates)
    ).map {
      OperatingPoint.healthyFPR($0, threshold: Double($1))
    }
    if training.total > 0 {
      points.append(
        OperatingPoint(
          name: "training_percentile_\(Int(TrainingPercentiles.usual))",
          threshold: Double(training.threshold(exceededBy: 1 - TrainingPercentiles.usual / 100))))
    }
    if let labelled {
      points.append(OperatingPoint(name: "labelled_validation", threshold: labelled.threshold))
    }
    return points
  }
}

extension [ScanCase] {
  /// At most `limit` of them, the first of a seeded order, in their own order.
  func limited(_ limit: Int?, _ seed: UInt64) -> [ScanCase] {
    guard let limit, limit < count else { return self }
    var generator = SeededGenerator(seed: seed)
    let chosen = Set(indices.shuffled(using: &generator).prefix(limit))
    return indices.filter(chosen.contains).map { self[$0] }
  }
}
