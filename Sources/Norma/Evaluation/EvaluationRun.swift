import Base
public import Cohort
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

  /// Evaluates the test cases (all cases if the manifest has no splits) that have a prediction and a mask.
  ///
  /// - Parameters:
  ///   - samples: How often the bootstrap resamples the participants.
  ///   - seed: The seed of the resampling.
  ///   - detail: Which figures are computed.
  ///   - onCase: Gets the numbers of finished cases and of all cases.
  /// - Returns: The figures over all cases.
  /// - Throws: A ``Problem`` that names the file concerned.
  public func evaluate(
    samples: Int = 1000, seed: UInt64 = 0, detail: Evaluator.Detail = .full,
    onCase: (Int, Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    let record = try SegmentationRecord(contentsOf: predictions)
    let byRate = Calibration.reportedRates.compactMap { rate in
      record.thresholdsByRate["\(rate)"].map { OperatingPoint.falsePositiveRate(rate, threshold: $0) }
    }
    let named = record.thresholdsByName.sorted { $0.key < $1.key }.map {
      OperatingPoint(name: $0.replacingOccurrences(of: "-", with: "_"), threshold: $1)
    }
    let points = byRate + named + record.regionPoints
    guard Set(points.map(\.name)).count == points.count else {
      throw Problem(
        .badData, "the record of the segmentation names a threshold twice",
        at: predictions.appendingPathComponent(SegmentationRecord.fileName).path, advice: "segment again")
    }
    var evaluator = Evaluator(
      operatingPoints: points, minimumLesionSize: record.minimumLesionSize, detail: detail)
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
    try requireOneBundle([record.bundle] + pairs.compactMap(\.1.bundle))
    for (index, (scan, files)) in pairs.enumerated() {
      try add(scan, files, to: &evaluator)
      onCase(index + 1, pairs.count)
    }
    return try evaluator.evaluation(
      method: record.method, casesWithoutPrediction: wanted.count - pairs.count, samples: samples, seed: seed)
  }

  private typealias Files = (map: URL, brain: URL, bundle: String?)

  private func requireOneBundle(_ names: [String]) throws {
    let several = Set(names).sorted()
    guard several.count > 1 else { return }
    throw Problem(
      .badData, "the cases were segmented with several bundles: \(several.joined(separator: ", "))",
      at: predictions.path, advice: "segment all of them with one bundle into a folder of its own")
  }

  /// The finished cases of `cases.tsv` by case id.
  private func predictedCases() throws -> [String: Files] {
    let file = predictions.appendingPathComponent(CaseTable.fileName)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw Problem(
        .missingInput, "there is no table of cases", at: file.path,
        advice: "make one with norma segment -o DIR")
    }
    guard let rows = Table.rows(of: text) else {
      throw Problem(
        .badData, "the rows of the table differ in length", at: file.path, advice: "segment again")
    }
    var files = [String: Files]()
    for row in rows where row["status"] == "ok" {
      guard let id = row["case_id"], let map = row["anomaly_map"], let brain = row["brain_mask"] else {
        throw Problem(
          .badData, "the table lacks a column", at: file.path, advice: "segment again with this Norma")
      }
      files[id] = (
        predictions.appendingPathComponent(map), predictions.appendingPathComponent(brain), row["bundle"]
      )
    }
    return files
  }

  private func add(_ scan: ScanCase, _ files: Files, to evaluator: inout Evaluator) throws {
    let map = try NIfTI.read(files.map), brain = try NIfTI.readMask(files.brain)
    // The scan may have been stored along other axes when it was segmented.
    guard
      let lesion = try scan.readLesionMask()?.paired(
        with: map.geometry, kind: Volume.lesionMask, at: files.map.path)
    else { return }
    do {
      try evaluator.add(
        caseID: scan.id, participantID: scan.participantID, map: map, lesion: lesion, brain: brain)
    } catch var problem as Problem {
      if problem.kind == .badData { problem.location = files.map.path }
      throw problem
    }
  }
}

extension SegmentationRecord {
  /// The bundle's rule of one false region per brain, and that of the masks if it is another one of regions.
  fileprivate var regionPoints: [OperatingPoint] {
    var points = [OperatingPoint]()
    if let regionExtent, let peak = peaksByFalseRegions?["1"] {
      points.append(.falseRegions(1, extent: regionExtent, peak: peak))
    }
    if let peakThreshold, let falseRegions, falseRegions != 1 {
      points.append(.falseRegions(falseRegions, extent: threshold, peak: peakThreshold))
    }
    return points
  }
}
