import Base
public import Cohort
public import Foundation
public import Tensors
import Volumes

/// Trains, calibrates and scores every run of a plan on one manifest; a finished run is not done again.
public struct ExperimentRun {
  private let plan: ExperimentPlan
  private let split: Manifest
  private let folder: ExperimentFolder
  private let description: String
  private let template: URL?
  private let device: Device

  /// Checks the data before anything is trained; `description` of the data goes into cards and report.
  /// Anatomies need the folder of the `template`.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if a file is missing, `badData` if the data cannot train,
  ///   calibrate and test.
  public init(
    plan: ExperimentPlan, manifest: Manifest, folder: ExperimentFolder, description: String = "",
    template: URL? = nil, device: Device = .cpu
  ) throws {
    (self.plan, self.folder, self.device) = (plan, folder, device)
    (self.description, self.template) = (description, template)
    try manifest.requireFiles()
    split = try manifest.assigningSplits { try $0.hasLesion() }
    try ExperimentData.check(split)
  }

  /// The runs in order, and whether each is finished in the folder.
  ///
  /// - Throws: A ``Problem`` if the folder holds an experiment on other data.
  public var plannedRuns: [(run: ExperimentPlan.Run, isFinished: Bool)] {
    get throws {
      try requireSameData()
      return try plan.runs.map { ($0, try finished($0, digest: digest(of: $0)) != nil) }
    }
  }

  /// Does the missing runs in order, then writes the results of all finished runs of the folder.
  ///
  /// - Throws: A ``Problem``, of kind `interrupted` once `shouldStop` returns true.
  public func run(
    onEvent: @escaping (ExperimentEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
  ) throws -> ExperimentResults {
    try claimFolder()
    var done = [RunResult]()
    let runs = plan.runs
    for (index, run) in runs.enumerated() {
      let digest = try digest(of: run)
      if let finished = finished(run, digest: digest) {
        onEvent(.kept(run))
        done.append(finished)
        continue
      }
      onEvent(.run(run, index: index, count: runs.count))
      let result = try finish(run, digest: digest, onEvent: onEvent, shouldStop: shouldStop)
      try AtomicFile.write(json: result, to: folder.scores(of: run))
      onEvent(.finished(result))
      done.append(result)
    }
    let results = ExperimentResults(
      runs: try done + earlier(than: runs), plan: plan,
      data: ExperimentData(split, description: description))
    try results.write(to: folder)
    return results
  }

  /// The result of a run; nil if it is missing or was made of something else.
  private func finished(_ run: ExperimentPlan.Run, digest: String) -> RunResult? {
    RunResult(json: folder.scores(of: run)).flatMap { $0.digest == digest ? $0 : nil }
  }

  /// The finished runs of the folder that the plan does not name: methods and seeds of earlier calls.
  private func earlier(than runs: [ExperimentPlan.Run]) throws -> [RunResult] {
    let known = Set(runs.map { folder.scores(of: $0).lastPathComponent })
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.scores.path)
    return files.filter { $0.hasSuffix(".json") && !known.contains($0) }.sorted()
      .compactMap { RunResult(json: folder.scores.appendingPathComponent($0)) }
  }

  /// A hash of what decides the result of a run: release, configuration and data.
  private func digest(of run: ExperimentPlan.Run) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try Digest.of(
      Data(NormaVersion.current.utf8) + encoder.encode(plan.configuration(of: run)) + dataIdentity)
  }

  /// Every scan and anatomy with its files and its split.
  private var dataIdentity: Data {
    var identity = Data()
    for scan in split.cases {
      let files = [scan.image, scan.lesionMask, scan.brainMask].map { $0?.path ?? "-" }
      identity += Data(([scan.id, scan.split?.rawValue ?? "-"] + files).joined(separator: "\t").utf8)
      if scan.maskReading != MaskReading() { identity += Data("\t\(scan.maskReading)".utf8) }
    }
    for anatomy in split.anatomies {
      let files = anatomy.files.map(\.path)
      identity += Data(([anatomy.id, anatomy.split?.rawValue ?? "-"] + files).joined(separator: "\t").utf8)
    }
    return identity
  }

  private func claimFolder() throws {
    if try !requireSameData() { try AtomicFile.write(Digest.of(dataIdentity), to: folder.cohort) }
  }

  /// Refuses a folder of another cohort: all runs of a folder are compared. Returns false for a new folder.
  @discardableResult private func requireSameData() throws -> Bool {
    guard let claimed = try? String(contentsOf: folder.cohort, encoding: .utf8) else { return false }
    guard claimed == Digest.of(dataIdentity) else {
      throw Problem(
        .badData, "the folder holds an experiment on other data", at: folder.url.path,
        advice: "give the manifest that the experiment was started with, or another folder")
    }
    return true
  }

  private func finish(
    _ run: ExperimentPlan.Run, digest: String, onEvent: @escaping (ExperimentEvent) -> Void,
    shouldStop: @escaping () -> Bool
  ) throws -> RunResult {
    let (bundle, progress) = try train(run, onEvent: onEvent, shouldStop: shouldStop)
    let scoring = try RunScoring(
      bundle, split: split, brains: brains(bundle), testCases: plan.caseLimit(run) ?? 0, device: device
    ) { work, index, count in
      guard !shouldStop() else { throw interruption(run) }
      onEvent(.scoring(work, index: index, count: count))
    }
    let outcome = try scoring.score()
    return RunResult(
      method: run.method, seed: run.seed, digest: digest, testCases: outcome.testCases,
      allTestCases: split.cases(in: .test).count, validationCases: outcome.validationCases,
      chains: outcome.chains, headlines: outcome.headlines,
      secondsPerSlice: RunResult.Seconds(outcome.secondsPerSlice), training: progress.records,
      bestEpoch: progress.best?.epoch ?? 0,
      figures: run.seed == 0 ? try figures(run, outcome, scoring) : [])
  }

  /// The synthetic brains that a bundle is calibrated on; nil without anatomies.
  private func brains(_ bundle: ModelBundle) throws -> SyntheticBrains? {
    guard let template else { return nil }
    return try AnatomyFiles(template: template, prepared: folder.prepared)
      .anatomies(of: split.anatomies(in: .validation))
      .map { try SyntheticBrains(of: $0, configuration: bundle.description.configuration) }
  }

  /// Trains a run or resumes its training; a finished bundle is only opened.
  private func train(
    _ run: ExperimentPlan.Run, onEvent: @escaping (ExperimentEvent) -> Void,
    shouldStop: @escaping () -> Bool
  ) throws -> (ModelBundle, TrainingProgress) {
    let trainingFolder = folder.training(of: run), configuration = try plan.configuration(of: run)
    let manager = FileManager.default
    let isStarted = manager.fileExists(atPath: trainingFolder.configuration.path)
    if isStarted { try requireSame(configuration, in: trainingFolder) }
    let bundle: ModelBundle
    if isStarted, manager.fileExists(atPath: trainingFolder.bundle.path) {
      bundle = try ModelBundle(contentsOf: trainingFolder.bundle)
    } else {
      let training =
        isStarted
        ? try TrainingRun(resuming: trainingFolder, device: device)
        : try TrainingRun(
          configuration: configuration, manifest: split, folder: trainingFolder, name: run.method,
          description: description, device: device)
      bundle = try training.run(
        prepared: folder.prepared, template: template, onEvent: { onEvent(.training($0)) },
        shouldStop: shouldStop)
    }
    // A method without epochs leaves no checkpoint.
    let hasCheckpoint = manager.fileExists(atPath: trainingFolder.lastCheckpoint.path)
    return (
      bundle,
      hasCheckpoint ? try Checkpoint(contentsOf: trainingFolder.lastCheckpoint).progress : TrainingProgress()
    )
  }

  private func requireSame(_ configuration: Configuration, in run: RunFolder) throws {
    let text = try Data(contentsOf: run.configuration)
    guard (try? JSONDecoder().decode(Configuration.self, from: text)) == configuration else {
      throw Problem(
        .badData, "the folder holds this run with another configuration", at: run.url.path,
        advice: "give the options that the experiment was started with, or another folder")
    }
  }

  private func interruption(_ run: ExperimentPlan.Run) -> Problem {
    Problem(
      .interrupted, "the experiment was interrupted at \(run.name); finished runs are kept",
      at: folder.url.path, advice: "run the same command again for the rest")
  }

  /// Writes the maps of the best, the median and the worst case at an FPR of 1 %, under the bundle's own
  /// chain, which is the last headline.
  private func figures(
    _ run: ExperimentPlan.Run, _ outcome: RunScoring.Outcome, _ scoring: RunScoring
  ) throws -> [RunResult.CaseFigure] {
    guard let evaluation = outcome.chains.first(where: { $0.name == outcome.headlines.last })?.evaluation,
      let point = evaluation.operatingPoints.first
    else { return [] }
    let ranked = evaluation.table.compactMap { row in
      row.operatingPoints[point.name]?.dice.map { (id: row.caseID, dice: $0) }
    }.sorted { ($0.dice, $1.id) > ($1.dice, $0.id) }
    guard let best = ranked.first, let worst = ranked.last else { return [] }
    return try [("best", best), ("median", ranked[ranked.count / 2]), ("worst", worst)].map { rank, row in
      let map = folder.map(of: run, caseID: row.id), url = folder.url.appendingPathComponent(map)
      guard let scan = split.cases.first(where: { $0.id == row.id }) else {
        preconditionFailure("a case that was scored is in the manifest")
      }
      try AtomicFile.makeFolder(url.deletingLastPathComponent())
      try NIfTI.write(scoring.map(scan), to: url)
      return RunResult.CaseFigure(
        rank: rank, caseID: row.id, dice: row.dice, threshold: point.threshold, map: map)
    }
  }
}
