import Cohort
import Tensors
import Volumes

/// Calibrates a trained method under every chain, then scores the test scans.
struct RunScoring {
  /// The figures of a run.
  struct Outcome {
    let chains: [RunResult.Chain]
    let headlines: [String]
    let testCases: Int
    /// Validation scans or synthetic brains that the false-positive rates were measured on.
    let validationCases: Int
    /// Time that the method took, one value per test scan.
    let secondsPerSlice: [Double]
  }

  private let scorer: Scorer
  private let configuration: Configuration
  private let split: Manifest
  private let brains: SyntheticBrains?
  private let test: [ScanCase]
  private let progress: (ExperimentEvent.Work, Int, Int) throws -> Void

  /// At most `testCases` test scans are scored, the same for every seed; 0 = all. `brains` calibrate where
  /// no validation scan does. `progress` receives the number of scans done and of all, and may throw to stop.
  init(
    _ bundle: ModelBundle, split: Manifest, brains: SyntheticBrains?, testCases: Int, device: Device,
    progress: @escaping (ExperimentEvent.Work, Int, Int) throws -> Void
  ) throws {
    scorer = try bundle.scorer(device: device)
    configuration = bundle.description.configuration
    // As the run was trained.
    self.split = split.assigningFold(configuration.training.fold, of: configuration.training.folds)
    self.brains = brains
    test = split.cases(in: .test).filter { $0.lesionMask != nil }.sample(testCases, seed: 0)
    self.progress = progress
  }

  func score() throws -> Outcome {
    let reconstructs = try scored(test[0]).score.reconstruction != nil
    let chains = ExperimentChain.ablation(of: scorer.chain, reconstructs: reconstructs)
    let calibrator = try Calibrator(
      configuration: configuration, split: split, brains: brains, device: scorer.device)
    let calibrations = try calibrator.calibrate(chains.map(\.scoring), of: scorer) {
      try progress(.calibrating, $0, $1)
    }
    var evaluators = zip(chains, calibrations).map { chain, calibration in
      let minimum = chain.scoring.settings.minimumLesionSize
      return Evaluator(
        operatingPoints: calibration.operatingPoints(minimumVolume: minimum), minimumLesionSize: minimum,
        detail: chain.isHeadline ? .full : .ranking)
    }
    var secondsPerSlice = [Double]()
    for (index, scan) in test.enumerated() {
      try progress(.scoringTest, index, test.count)
      let scored = try scored(scan), brain = scored.gridded.scoredBrain
      let lesion = try scored.gridded.lesion(of: scan) ?? Mask(geometry: brain.geometry, repeating: 0)
      secondsPerSlice.append(scored.seconds / Double(scored.gridded.slices.count))
      for chain in chains.indices {
        try evaluators[chain].add(
          caseID: scan.id, participantID: scan.participantID, map: chains[chain].scoring.volume(of: scored),
          lesion: lesion, brain: brain)
      }
    }
    try progress(.scoringTest, test.count, test.count)
    return Outcome(
      chains: try zip(chains, evaluators).map { chain, evaluator in
        let evaluation = try evaluator.evaluation(method: chain.name)
        return RunResult.Chain(
          name: chain.name, evaluation: chain.isHeadline ? evaluation : evaluation.summary)
      }, headlines: chains.filter(\.isHeadline).map(\.name), testCases: test.count,
      validationCases: calibrations[0].cases,
      secondsPerSlice: secondsPerSlice)
  }

  /// The map of a case under the bundle's own chain, on the grid of the scan.
  func map(_ scan: ScanCase) throws -> Volume {
    let scored = try scored(scan)
    return scored.gridded.native(try scorer.chain.volume(of: scored))
  }

  private func scored(_ scan: ScanCase) throws -> ScoredScan {
    let recipe = configuration.recipe
    return try scorer.score(ModelGrid(recipe: recipe).place(scan), size: recipe.gridSize)
  }
}

extension Calibration {
  /// The thresholds of the tables; called regions below `minimumVolume` mm³ are dropped.
  fileprivate func operatingPoints(minimumVolume: Double) -> [OperatingPoint] {
    let byRate = Self.reportedRates.compactMap { rate in
      (try? threshold(atRate: rate)).map { OperatingPoint.falsePositiveRate(rate, threshold: $0) }
    }
    let others: [(ThresholdSource, name: String)] = [
      (.trainingPercentile, "training_percentile_\(Int(TrainingPercentiles.usual))"),
      (.labelledValidation, "labelled_validation"),
    ]
    let regionPoint = regions.flatMap { regions in
      (try? regions.peak(atFalseRegions: 1, minimumVolume: minimumVolume)).map {
        OperatingPoint.falseRegions(1, extent: regions.extent, peak: $0)
      }
    }
    return byRate
      + others.compactMap { source, name in
        (try? threshold(from: source, rate: 0)).map { OperatingPoint(name: name, threshold: $0) }
      } + (regionPoint.map { [$0] } ?? [])
  }
}
