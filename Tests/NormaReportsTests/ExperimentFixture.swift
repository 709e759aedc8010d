import Foundation

import Cohort
@testable import Norma
import NormaReports

/// Results of an experiment that never ran.
enum ExperimentFixture {
  /// An evaluation with this AUPRC, give or take 0.03.
  static func evaluation(_ auprc: Double, detail: Bool = true, labelled: Bool = false) -> Evaluation {
    let names = ["fpr_0.01", "fpr_0.05", "fpr_0.10", "training_percentile_98"]
    let interval = [auprc - 0.03, auprc + 0.03]
    let summary = Evaluation.Summary(mean: 0.25, sd: 0.1, median: 0.2, interval: [0.2, 0.3], participants: 9)
    let strata = [
      Evaluation.Stratum(size: "<200", lesions: 8, found: 2, recall: 0.25, recallInterval: [0.1, 0.4]),
      Evaluation.Stratum(size: ">1000", lesions: 0, found: 0, recall: nil, recallInterval: nil),
    ]
    let points = (names + (labelled ? ["labelled_validation"] : [])).map { name in
      Evaluation.AtOperatingPoint(
        name: name, threshold: 1.5, dice: auprc + 0.01, diceInterval: interval, observedFPR: 0.0123,
        precision: 0.5, recall: 0.5,
        perParticipant: detail ? ["lesion_recall": summary, "hd95_mm": summary] : [:],
        lesionStrata: detail ? strata : nil, lesionFree: nil)
    }
    let cases = (0..<(detail ? 9 : 0)).map { index in
      let dice = Double(index) / 10
      let atPoint = Evaluation.Case.AtPoint(
        observedFPR: 0.01, dice: dice, recall: dice, precision: dice, absoluteVolumeDifference: 0,
        predictedVolume: 1, predictedRegions: 1, hd95: 2, surfaceDice: dice, lesionRecall: dice,
        lesionF1: dice)
      return Evaluation.Case(
        caseID: "sub-\(index)", participantID: "sub-\(index)", brainVoxels: 100, lesionVoxels: 10,
        lesionVoxelsOutsideBrain: 0, auprc: auprc, diceOracle: dice, scoreMean: 1, scoreP999: 2,
        scoreMaximum: 3,
        operatingPoints: ["fpr_0.01": atPoint])
    }
    let curve = (0..<(detail ? 500 : 0)).map {
      PrecisionRecall.Point(threshold: 1, recall: Double($0) / 500, precision: 1 - Double($0) / 510)
    }
    return Evaluation(
      method: "m", cases: 9, participants: 9, casesWithoutLesion: 0, casesWithoutPrediction: 0,
      prevalence: 0.0526, lesionVoxelsOutsideBrain: 0, minimumLesionSize: 0, auprc: auprc,
      auprcInterval: interval, auroc: 0.9, aurocInterval: [0.88, 0.92], diceOracle: auprc + 0.05,
      diceOracleInterval: interval, diceOracleThreshold: 2, perParticipant: [:], operatingPoints: points,
      detection: nil, bootstrapSamples: 10, bootstrapSeed: 0, table: cases, curve: curve)
  }

  /// A run whose last chains have this AUPRC.
  static func run(
    _ method: String, _ auprc: Double, seed: Int = 0, scaled: Double? = nil, scans: Int = 592,
    figures: [RunResult.CaseFigure] = [], labelled: Bool = false
  ) -> RunResult {
    var chains = [
      ("raw", auprc / 2, false), ("eroded mask", auprc, true), ("component filter", auprc, false),
    ]
    if let scaled { chains.append(("divided by sd", scaled, true)) }
    let epochs = ExperimentPlan.isStochastic(method) ? 3 : 0
    return RunResult(
      method: method, seed: seed, digest: "", testCases: scans, allTestCases: 592, validationCases: 49,
      chains: chains.map {
        RunResult.Chain(name: $0.0, evaluation: evaluation($0.1, detail: $0.2, labelled: labelled))
      },
      headlines: chains.filter(\.2).map(\.0), secondsPerSlice: RunResult.Seconds([0.001, 0.002, 0.2]),
      training: (0..<epochs).map { epoch in
        EpochRecord(
          epoch: epoch + 1, learningRate: 1e-3, trainingLoss: 1000 / pow(20, Double(epoch)),
          trainingTerms: [:],
          validationLoss: epoch == 1 ? nil : 500, isBest: epoch == 0, imagesPerSecond: 9)
      }, bestEpoch: 1, figures: figures)
  }

  /// The results of runs; `methods` and `seeds` are what was planned.
  static func results(
    _ runs: [RunResult], methods: [String]? = nil, seeds: Int = 1, settings: [String] = [],
    description: String = "simulated people"
  ) throws -> ExperimentResults {
    var order = [String]()
    for run in runs where !order.contains(run.method) { order.append(run.method) }
    let plan = try ExperimentPlan(methods: methods ?? order, seeds: seeds, settings: settings)
    let scan = URL(fileURLWithPath: "scan.png")
    let cases = [(310, Split.train), (49, .validation), (592, .test)].flatMap { count, split in
      (0..<count).map { ScanCase(participantID: "\(split.rawValue)\($0)", image: scan, split: split) }
    }
    let manifest = Manifest(cases: cases, source: URL(fileURLWithPath: "cohort.tsv"))
    return ExperimentResults(
      runs: runs, plan: plan, data: ExperimentData(manifest, description: description))
  }

  static let provenance = ReportProvenance(
    bundleName: "norma experiment", commandLine: "norma experiment baur2018 --data 'a <b>'", version: "1.0.0",
    date: "2026-01-02")

  /// The page of results.
  static func html(
    _ results: ExperimentResults, pictures: [(method: String, pictures: [CaseFigurePictures.Picture])] = []
  ) -> String {
    ExperimentReport(results, pictures: pictures, provenance: provenance).page.html
  }
}
