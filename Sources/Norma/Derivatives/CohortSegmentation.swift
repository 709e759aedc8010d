public import Base
public import Cohort
public import Preprocessing
public import Foundation
import Synchronization
import Tensors
import Volumes

/// Segments a cohort case by case: one that fails costs one row, the others are done.
public struct CohortSegmentation {
  /// One row of `cases.tsv`.
  public struct Row: Sendable {
    /// The case's name.
    public let caseID: String
    /// Who was scanned.
    public let participantID: String
    /// What went wrong, or nil.
    public let problem: Problem?
    /// The input file.
    public let image: URL
    /// Largest first; empty when the case failed.
    public let lesions: [Lesion]
    /// What the reader should know.
    public let notes: [String]
    /// What was done before scoring; nil when the case failed.
    public let preprocessing: PreprocessingRecord?
    /// What shows whether brain and place were found.
    public fileprivate(set) var picture: QualityPicture?
    /// Its brightness beside that of the training scans; nil where that is not known.
    public let intensity: InputDomain.IntensityComparison?
    /// Slices for pictures, the most anomalous first; none where the case failed.
    public fileprivate(set) var figures: [Segmenter.SliceFigure]
    /// Volume of the brain that was scored, in mL; 0 when the case failed.
    public let scoredVolumeML: Double
    /// Above which value of the map its lesions are.
    public let threshold: Double
    /// Time the case took.
    public let seconds: Double
    /// Where map and mask lie; nil when the case failed.
    public let anomalyMap, mask: URL?

    /// Volume of all lesions in mL.
    public var lesionVolumeML: Double { lesions.reduce(0) { $0 + $1.volumeMM3 } / 1000 }

    /// What went wrong, or else the notes; empty where there is nothing to say.
    public var message: String {
      problem.map { "\($0.what) (\($0.advice))" } ?? notes.joined(separator: " ")
    }
  }

  private let preprocessing: Preprocessor?
  private let segmenter: Segmenter
  private let bundleName: String
  private let threshold: Double
  private let ownThresholds: [String: Double]
  private let exceedance: Calibration?
  private let output: URL
  private let work: URL?

  /// Results go to `output`; the cases in `ownThresholds` have another threshold; `bundleName` stands in the sidecars; preprocessed scans are kept in `work`, if given.
  /// Without preprocessing the scans have to be stripped, or come with their brain masks. With the calibration
  /// `exceedance`, that of the bundle, its map is written too.
  public init(
    preprocessing: Preprocessor? = nil, segmenter: Segmenter, bundleName: String, threshold: Double,
    ownThresholds: [String: Double] = [:], exceedance: Calibration? = nil, output: URL, work: URL? = nil
  ) {
    (self.preprocessing, self.segmenter, self.bundleName) = (preprocessing, segmenter, bundleName)
    (self.threshold, self.ownThresholds, self.exceedance) = (threshold, ownThresholds, exceedance)
    (self.output, self.work) = (output, work)
  }

  /// Segments the cases in order and writes maps, masks, tables and `cases.tsv`. Only `onRow` sees a case's picture and
  /// exhibits: those of all cases would fill the memory. Throws only for what stops the whole run, such as a full disk.
  public func callAsFunction(
    _ cases: [ScanCase], onRow: (Row) throws -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> [Row] {
    var rows = [Row]()
    for scan in cases {
      if shouldStop() {
        try writeTable(rows)
        throw Problem(
          .interrupted, "interrupted after \(rows.count) of \(cases.count) cases", at: output.path,
          advice: "what is listed in cases.tsv is complete; run the command again for the rest")
      }
      do {
        let row = try segment(scan)
        rows.append(row)
        (rows[rows.count - 1].picture, rows[rows.count - 1].figures) = (nil, [])
        try onRow(row)
      } catch {
        // What is complete stays listed, if there is room for that.
        try? writeTable(rows)
        throw error
      }
    }
    try writeTable(rows)
    return rows
  }

  /// Segments one scan and writes its files, but no table. Throws only what writing throws: a full disk is not the
  /// scan's fault, and would fail all others too. Without a provenance the sidecars name the image file.
  package func segment(
    _ scan: ScanCase, provenance: () throws -> ScanProvenance? = { nil }
  ) throws -> Row {
    let start = ContinuousClock.now
    let files = CaseFiles(caseID: scan.id), threshold = ownThresholds[scan.id] ?? threshold
    func row(
      _ result: Segmenter.Result?, _ prepared: PreprocessedScan?, _ problem: Problem?
    ) -> Row {
      Row(
        caseID: scan.id, participantID: scan.participantID, problem: problem, image: scan.image,
        lesions: result?.lesions ?? [], notes: (prepared?.record.notes ?? []) + (result?.notes ?? []),
        preprocessing: prepared?.record, picture: prepared?.picture, intensity: result?.intensity,
        figures: result?.figures ?? [],
        scoredVolumeML: result.map { Double($0.brain.count) * $0.brain.geometry.voxelVolume / 1000 } ?? 0,
        threshold: threshold,
        seconds: (ContinuousClock.now - start) / .seconds(1),
        anomalyMap: result.map { _ in output.appendingPathComponent(files.anomalyMap) },
        mask: result.map { _ in output.appendingPathComponent(files.mask) })
    }
    defer { Self.keepMemoryLevel() }
    let result: Segmenter.Result
    let prepared: PreprocessedScan
    let origin: ScanProvenance
    do {
      origin = try provenance() ?? ScanProvenance(sources: [scan.image.lastPathComponent])
      try segmenter.requireContrast(of: scan)
      prepared = try preprocessing?.preprocess(scan, keptIn: work) ?? PreprocessedScan(asItIs: scan)
      result = try segmenter.segment(prepared, threshold: threshold, name: scan.image.path)
    } catch {
      return row(nil, nil, Problem(error))
    }
    try write(result, prepared, of: scan, threshold: threshold, provenance: origin)
    return row(result, prepared, nil)
  }

  /// The rows of a cohort stay between what each of its cases frees, so that the heap grows by its holes.
  private static func keepMemoryLevel() {
    if segmented.add(1, ordering: .relaxed).newValue.isMultiple(of: 10) { Engine.releaseFreeMemory() }
  }

  private static let segmented = Atomic(0)

  private func write(
    _ result: Segmenter.Result, _ prepared: PreprocessedScan, of scan: ScanCase, threshold: Double,
    provenance: ScanProvenance
  ) throws {
    let files = CaseFiles(caseID: scan.id)
    func place(_ file: String) -> URL { output.appendingPathComponent(file) }
    // Those of an earlier run would stand beside the map of this one.
    for file in files.optional { try? FileManager.default.removeItem(at: place(file)) }
    try AtomicFile.write(Lesion.table(of: result.lesions), to: place(files.lesionTable))
    try NIfTI.write(result.anomalyMap, to: place(files.anomalyMap))
    try NIfTI.write(result.labels, to: place(files.labels))
    try NIfTI.write(result.brain, to: place(files.brain))
    if let toTemplate = prepared.toTemplate {
      try ITKTransformFile.write(toTemplate, to: place(files.transform))
    }
    func sidecar(_ description: String, maskType: String? = nil) -> Sidecar {
      Sidecar(
        description: description, maskType: maskType, provenance: provenance, bundle: bundleName,
        threshold: threshold, preprocessing: preprocessing?.settings, record: prepared.record,
        domain: result.domain, notes: result.notes)
    }
    if let exceedance {
      try NIfTI.write(
        result.anomalyMap.map { Float(exceedance.exceedance(of: Double($0))) }, to: place(files.exceedance))
      try AtomicFile.write(json: sidecar(exceedance.exceedanceMeaning), to: place(files.exceedanceSidecar))
    }
    if let uncertainty = result.uncertainty {
      try NIfTI.write(uncertainty, to: place(files.uncertainty))
      try AtomicFile.write(
        json: sidecar("Standard deviation of the score between draws, before smoothing, in the map's unit"),
        to: place(files.uncertaintySidecar))
    }
    try AtomicFile.write(
      json: sidecar("Anomaly map: 0 = as expected or not scored, larger = more anomalous"),
      to: place(files.anomalySidecar))
    try AtomicFile.write(
      json: sidecar("Lesions, numbered from the largest"), to: place(files.labelsSidecar))
    try AtomicFile.write(
      json: sidecar("Voxels of the brain that were scored", maskType: "Brain"), to: place(files.brainSidecar))
    try AtomicFile.write(
      json: sidecar("Voxels whose anomaly exceeds the threshold", maskType: "Lesion"),
      to: place(files.maskSidecar))
    // The mask last: where it lies, the case is complete.
    try NIfTI.write(result.mask, to: place(files.mask))
  }

  /// Whether the files of a scan's results lie in the output folder.
  package func hasFiles(of scan: ScanCase) -> Bool {
    CaseFiles(caseID: scan.id).areComplete(in: output, exceedance: exceedance != nil)
  }

  private func writeTable(_ rows: [Row]) throws { try writeTable(rows.map(cells)) }

  /// Writes `cases.tsv` from the cells of its rows.
  package func writeTable(_ rows: [[String]]) throws {
    var table = Table(columns: Self.columns)
    table.rows = rows
    try AtomicFile.write(table.text, to: output.appendingPathComponent("cases.tsv"))
  }

  /// A row of `cases.tsv`.
  package func cells(of row: Row) -> [String] {
    let files = CaseFiles(caseID: row.caseID)
    let isDone = row.problem == nil
    return [
      row.caseID, isDone ? "ok" : "failed", row.message.isEmpty ? "n/a" : row.message,
      row.image.path(relativeTo: output), isDone ? files.anomalyMap : "n/a", isDone ? files.mask : "n/a",
      isDone ? row.lesionVolumeML.formatted(fraction: 4) : "n/a", isDone ? "\(row.lesions.count)" : "n/a",
      row.seconds.formatted(fraction: 2), isDone ? files.brain : "n/a", row.participantID,
    ]
  }

  /// The columns of `cases.tsv`; paths are relative to its folder.
  static let columns = [
    "case_id", "status", "message", "image", "anomaly_map", "mask", "lesion_volume_ml", "lesion_count",
    "seconds", "brain_mask", "participant_id",
  ]
}
