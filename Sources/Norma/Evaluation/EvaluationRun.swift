public import Foundation
import Volumes

/// Compares an output folder of `segment` with the lesion masks of a manifest.
public struct EvaluationRun {
  private let predictions: URL
  private let manifest: Manifest

  /// An evaluation of an output folder of `segment`.
  public init(predictions: URL, manifest: Manifest) {
    (self.predictions, self.manifest) = (predictions, manifest)
  }

  /// Evaluates the test cases (all cases where the manifest has no splits) that have a prediction and a mask.
  /// `onCase` hears the number of cases done and of all.
  public func callAsFunction(
    samples: Int = 1000, seed: UInt64 = 0, onCase: (Int, Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    let record = try SegmentationRecord(contentsOf: predictions)
    let thresholds = SegmentationRecord.rates.map { record.thresholdsByRate["\($0)"] }
    var evaluator = Evaluator(thresholds: thresholds)
    let predicted = try predictedCases()
    let hasSplits = manifest.cases.contains { $0.split != nil }
    let wanted = manifest.cases.filter { $0.lesionMask != nil && (!hasSplits || $0.split == .test) }
    let pairs =
      wanted
      .compactMap { scan in
        (predicted[scan.id] ?? predicted[ScanCase(scan: scan.image).id]).map { (scan, $0) }
      }
    guard !pairs.isEmpty else {
      throw Problem(
        .badData, "no case of the manifest has both a lesion mask and a finished prediction",
        at: predictions.path,
        advice: "evaluate against the manifest whose cases were segmented; its split column must say test")
    }
    for (index, (scan, files)) in pairs.enumerated() {
      try add(scan, files, to: &evaluator)
      onCase(index + 1, pairs.count)
    }
    return try evaluator.evaluation(
      method: record.method, casesWithoutPrediction: wanted.count - pairs.count, samples: samples, seed: seed)
  }

  private typealias Files = (map: URL, brain: URL)

  /// The finished cases of `cases.tsv` by case id.
  private func predictedCases() throws -> [String: Files] {
    let file = predictions.appendingPathComponent("cases.tsv")
    guard let text = try? String(contentsOf: file, encoding: .utf8), let rows = Table.rows(of: text) else {
      throw Problem(
        .missingInput, "there is no table of cases", at: file.path,
        advice: "make one with norma segment -o DIR")
    }
    var files = [String: Files]()
    for row in rows where row["status"] == "ok" {
      guard let id = row["case_id"], let map = row["anomaly_map"], let brain = row["brain_mask"] else {
        throw Problem(
          .badData, "the table lacks a column", at: file.path, advice: "segment again with this Norma")
      }
      files[id] = (predictions.appendingPathComponent(map), predictions.appendingPathComponent(brain))
    }
    return files
  }

  private func add(_ scan: ScanCase, _ files: Files, to evaluator: inout Evaluator) throws {
    let map = try NIfTI.read(files.map), brain = try NIfTI.readMask(files.brain)
    guard let lesion = try scan.readLesionMask(), lesion.shape == map.shape, brain.shape == map.shape else {
      throw Problem(
        .badData, "prediction and lesion mask of '\(scan.id)' differ in shape", at: files.map.path,
        advice: "evaluate against the manifest whose cases were segmented")
    }
    var voxels = ScoredVoxels()
    voxels.reserveCapacity(brain.count)
    var outside = 0
    for index in map.voxels.indices {
      if brain.voxels[index] != 0 {
        voxels.add(score: map.voxels[index], isLesion: lesion.voxels[index] != 0)
      } else if lesion.voxels[index] != 0 {
        outside += 1
      }
    }
    evaluator.add(
      caseID: scan.id, participantID: scan.participantID, voxels: voxels, lesionVoxelsOutsideBrain: outside)
  }
}
