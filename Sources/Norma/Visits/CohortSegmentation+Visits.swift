import Base
import Cohort
import Foundation
import Preprocessing
import Volumes

/// Two compared visits.
public struct ComparedVisits: Sendable {
  /// The scans.
  public let pair: VisitPair
  /// The matched regions.
  public let comparison: VisitComparison
  /// How they were compared.
  public let record: VisitRecord
}

extension CohortSegmentation {
  /// Segments two visits and compares them. The results of the visits are those of two cases; those of an earlier
  /// comparison of the participant are removed first.
  ///
  /// - Parameters:
  ///   - pair: The visits.
  ///   - isPairForced: Whether brains that differ in shape are compared too.
  ///   - isForced: Whether visits that are complete are segmented again.
  ///   - onRow: Gets the row of each visit, and whether it was kept from an earlier run.
  ///   - shouldStop: Asked before each visit.
  /// - Returns: The matched regions and how they were found.
  /// - Throws: A ``Problem`` if a visit fails, or if the brains are not those of one person.
  public func compare(
    _ pair: VisitPair, isPairForced: Bool = false, isForced: Bool = false,
    onRow: (Row, _ isKept: Bool) throws -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> ComparedVisits {
    let files = VisitFiles(participant: pair.participantID), scans = [pair.baseline, pair.followUp]
    try remove(files)
    let rows = try run(scans, isForced: isForced, onRow: onRow, shouldStop: shouldStop)
    for (row, name) in zip(rows, ["baseline", "follow-up"]) {
      if let problem = row.problem { throw problem.about(visit: name) }
    }
    return try compare(pair, segmented: rows, isPairForced: isPairForced, into: files)
  }

  /// Removes the files of an earlier comparison.
  func remove(_ files: VisitFiles) throws {
    for file in files.all { try AtomicFile.remove(output.appendingPathComponent(file)) }
  }

  /// Compares two visits whose results are in the output folder; those of an earlier comparison must be removed.
  ///
  /// - Parameters:
  ///   - pair: The visits.
  ///   - rows: Their results.
  ///   - isPairForced: Whether brains that differ in shape are compared too.
  ///   - files: The files to write.
  /// - Returns: The matched regions and how they were found.
  /// - Throws: A ``Problem`` if the brains are not those of one person.
  func compare(
    _ pair: VisitPair, segmented rows: [Row], isPairForced: Bool = false, into files: VisitFiles
  ) throws -> ComparedVisits {
    let scans = rows.map(\.scan), visits = try rows.map(visit)
    let place = scans.map(\.image.path).joined(separator: " and ")
    guard visits[0].scan.volume.voxels != visits[1].scan.volume.voxels else {
      throw Problem(
        .badData, "both visits have the same image", at: place, advice: "give the scan of each visit")
    }
    let registration = try VisitRegistration(from: visits[0].scan, to: visits[1].scan)
    if !isPairForced {
      try registration.requireOneBrain(at: place)
    }
    let space = try HalfwaySpace(toFollowUp: registration.toFollowUp)
    guard let comparison = try VisitComparison(visits[0].visit, visits[1].visit, in: space) else {
      throw Problem(
        .badData, "the visits have hardly any white matter in common", at: pair.followUp.image.path,
        advice: "inspect both scans and their brain masks")
    }
    let notes =
      rows.filter { !$0.message.isEmpty }.map { "\($0.scan.id): \($0.message)" } + registration.notes
      + Self.notes(onSlices: visits.map { $0.scan.volume.geometry.spacing.max() })
    let record = VisitRecord(
      pair, rows, registration, comparison, digests: try rows.map(resultDigest),
      bundle: bundle.description.name, notes: notes)
    try files.write(
      comparison, record, space,
      scans: scans.map { dataset?.uri(of: $0.image) ?? $0.image.lastPathComponent },
      isInDataset: dataset != nil, to: output)
    return ComparedVisits(pair: pair, comparison: comparison, record: record)
  }

  /// The checksum of what decides the results of a visit.
  func resultDigest(of row: Row) throws -> String {
    try VisitRecord.digest(of: row.scan.id, in: output)
  }

  /// The ratio of the slices' thicknesses from which a note says so.
  private static let notableRatio = 1.3

  /// A remark on visits whose slices, of so many mm, differ.
  private static func notes(onSlices thicknesses: [Double]) -> [String] {
    guard thicknesses.max() ?? 0 > notableRatio * (thicknesses.min() ?? 0) else { return [] }
    let text = thicknesses.map { $0.formatted(fraction: 1) }.joined(separator: " and ")
    return [
      "The slices of the visits are \(text) mm thick: what the thicker ones blur can look new or resolved."
    ]
  }

  /// Reads the results of a visit and its preprocessed scan.
  private func visit(_ row: Row) throws -> (visit: Visit, scan: PreprocessedScan) {
    let scan = row.scan, files = CaseFiles(caseID: scan.id)
    func url(_ file: String) -> URL { output.appendingPathComponent(file) }
    guard FileManager.default.fileExists(atPath: url(files.tissues).path) else {
      throw Problem(
        .usage, "the bundle does not tell tissues apart, which the comparison of intensities needs",
        at: bundle.description.name, advice: "use --bundle \(ModelBundle.defaultNameForVolumes)")
    }
    let preprocessed =
      try preprocessor?.preprocess(scan, keptIn: workFolder) ?? PreprocessedScan(asItIs: scan)
    let labels = try NIfTI.read(url(files.labels)), tissues = try NIfTI.read(url(files.tissues))
    return (
      Visit(
        scan: preprocessed.volume, brain: try NIfTI.readMask(url(files.brain)),
        map: try NIfTI.read(url(files.anomalyMap)), extent: Float(row.rule.extent),
        labels: labels.map { Int32($0) }, tissues: tissues.map { UInt8($0) }), preprocessed
    )
  }
}

extension Problem {
  /// The failure of one of two visits.
  fileprivate func about(visit name: String) -> Problem {
    var problem = self
    problem.what = "the \(name) failed: \(what)"
    return problem
  }
}

extension VisitRegistration {
  /// The least agreement of the fine structure of one brain at two visits, and the largest stretch.
  private static let minimumAgreement = 0.7, maximumStretch = 0.04

  /// Throws a ``Problem`` if the brains are hardly those of one person.
  fileprivate func requireOneBrain(at place: String) throws {
    let stretched = (0..<3).map { abs(stretch[$0] - 1) }.max() ?? 0
    let reason: String? =
      agreement < Self.minimumAgreement
      ? "the correlation of their fine structure is \(agreement.formatted(fraction: 2)), less than "
        + "\(Self.minimumAgreement.formatted(fraction: 2))"
      : stretched > Self.maximumStretch
        ? "their sizes differ by \((100 * stretched).formatted(fraction: 0)) %" : nil
    guard let reason else { return }
    throw Problem(
      .badData, "the visits do not show one brain: \(reason)", at: place,
      advice: "give two scans of one person; if they are, use norma compare-visits --force-pair")
  }

  /// Remarks for the reader.
  fileprivate var notes: [String] {
    inconsistency > Self.largestInconsistency
      ? [
        "Registration: the two directions differ by \(inconsistency.formatted(fraction: 1)) mm. Compare the visits "
          + "in the pictures before you believe small changes."
      ] : []
  }

  private static let largestInconsistency = 1.0
}

extension VisitRecord {
  fileprivate init(
    _ pair: VisitPair, _ rows: [CohortSegmentation.Row], _ registration: VisitRegistration,
    _ comparison: VisitComparison, digests: [String], bundle: String, notes: [String]
  ) {
    let (volumes, white) = (comparison.volumesML, comparison.whiteMatter)
    func visit(_ number: Int, _ jointVolume: Double, _ whiteMatter: Double) -> Visit {
      let row = rows[number]
      return Visit(
        caseID: row.scan.id, volumeML: row.result?.lesionVolumeML ?? 0, jointVolumeML: jointVolume,
        regions: row.result?.lesions.count ?? 0, whiteMatter: whiteMatter, digest: digests[number])
    }
    self.init(
      participantID: pair.participantID, baseline: visit(0, volumes.baseline, white.baseline),
      followUp: visit(1, volumes.followUp, white.followUp),
      evidentChangeML: comparison.evidentChangeML,
      registration: Registration(
        toFollowUp: registration.toFollowUp, inconsistency: registration.inconsistency,
        stretch: registration.stretch,
        overlap: registration.overlap, agreement: registration.agreement),
      deviation: comparison.deviation,
      counts: Dictionary(
        uniqueKeysWithValues: ChangedRegion.Kind.allCases.map { ($0.rawValue, comparison.count($0)) }),
      rule: ChangeRule(), bundle: bundle,
      notes: notes)
  }
}
