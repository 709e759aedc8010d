public import Foundation
import Volumes

/// Extracts the brains of a cohort, scan by scan: one that fails costs one row, what is there already is not done
/// again.
public struct CohortPreparation {
  /// One row of `cases.tsv`.
  public struct Row: Sendable {
    /// The input.
    public let scan: ScanCase
    /// What went wrong, or nil.
    public let problem: Problem?
    /// What the reader should know.
    public let notes: [String]
    /// mL; nil when the case failed.
    public let brainVolume: Double?
    /// Whether the files were there already, made of the same scan by the same recipe.
    public let wasThere: Bool
    /// Time the case took.
    public let seconds: Double
    /// Where the brain mask lies; nil when the case failed.
    public let brainMask: URL?
  }

  private let extraction: BrainExtraction
  private let output: URL

  /// Results go to `output`.
  public init(extraction: BrainExtraction, output: URL) {
    (self.extraction, self.output) = (extraction, output)
  }

  /// Prepares the cases in order and writes masks, scans, `cases.tsv` and a `manifest.tsv` of those that are done.
  /// Throws only for what stops the whole run, such as a full disk.
  public func callAsFunction(
    _ cases: [ScanCase], onRow: (Row) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> [Row] {
    try AtomicFile.makeFolder(output)
    var rows = [Row]()
    for scan in cases {
      if shouldStop() {
        try writeTables(rows)
        throw Problem(
          .interrupted, "interrupted after \(rows.count) of \(cases.count) cases", at: output.path,
          advice: "what is listed in cases.tsv is complete; run the command again for the rest")
      }
      do {
        rows.append(try prepare(scan))
      } catch {
        // What is complete stays listed, if there is room for that.
        try? writeTables(rows)
        throw error
      }
      onRow(rows[rows.count - 1])
    }
    try writeTables(rows)
    return rows
  }

  /// Throws only what writing throws: a full disk is not the scan's fault, and would fail all others too.
  private func prepare(_ scan: ScanCase) throws -> Row {
    let start = ContinuousClock.now
    let files = PreparedFiles(scan, in: output)
    func row(_ sidecar: PreparationSidecar?, _ problem: Problem? = nil, wasThere: Bool = false) -> Row {
      Row(
        scan: scan, problem: problem, notes: sidecar?.notes ?? [], brainVolume: sidecar?.brainVolume,
        wasThere: wasThere, seconds: (ContinuousClock.now - start) / .seconds(1),
        brainMask: sidecar.map { _ in files.mask })
    }
    let volume: Volume
    let mask: Mask
    var sidecar: PreparationSidecar
    do {
      sidecar = PreparationSidecar(
        source: scan.image, digest: try Digest.of(file: scan.image),
        recipe: PreparationSidecar.Recipe(extraction))
      if let there = files.completed(like: sidecar) { return row(there, wasThere: true) }
      volume = try VolumeReader.read(scan.image)
      (mask, sidecar.notes) = try extraction(volume, name: scan.image.path)
    } catch {
      return row(nil, Problem(error))
    }
    sidecar.brainVolume = Double(mask.count) * mask.geometry.voxelVolume / 1000
    if scan.brainMask != nil { sidecar.notes.append("The manifest's own brain mask was not used.") }
    try files.write(mask: mask, of: volume, sidecar: sidecar)
    return row(sidecar)
  }

  private func writeTables(_ rows: [Row]) throws {
    var table = Table(columns: Self.columns)
    var manifest = Table(columns: [
      "participant_id", "session_id", "image", "brain_mask", "lesion_mask", "split",
    ])
    for row in rows {
      let image = row.scan.image.path(relativeTo: output)
      let mask = row.brainMask?.path(relativeTo: output) ?? "n/a"
      table.rows.append([
        row.scan.id, row.problem == nil ? "ok" : "failed",
        row.problem.map { "\($0.what) (\($0.advice))" } ?? row.notes.joined(separator: " "), image, mask,
        row.brainVolume?.formatted(fraction: 1) ?? "n/a", row.seconds.formatted(fraction: 2),
      ])
      guard row.problem == nil else { continue }
      manifest.rows.append([
        row.scan.participantID, row.scan.sessionColumn, image, mask,
        row.scan.lesionMask?.path(relativeTo: output) ?? "n/a", row.scan.split?.rawValue ?? "n/a",
      ])
    }
    try AtomicFile.write(table.text, to: output.appendingPathComponent("cases.tsv"))
    if !manifest.rows.isEmpty {
      try AtomicFile.write(manifest.text, to: output.appendingPathComponent("manifest.tsv"))
    }
  }

  /// The columns of `cases.tsv`; paths are relative to its folder.
  static let columns = [
    "case_id", "status", "message", "image", "brain_mask", "brain_volume_ml", "seconds",
  ]
}

extension ScanCase {
  /// What tells this case from the participant's others, so that the manifest gives it the same id again.
  fileprivate var sessionColumn: String {
    let prefix = "\(participantID)_"
    return id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : "n/a"
  }
}
