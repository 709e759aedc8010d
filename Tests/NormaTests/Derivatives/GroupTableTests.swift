import _TestSupport
import Foundation
import Testing

@testable import Base
import Cohort
@testable import Norma

/// Rows of scans, alone and as a group.
@Suite struct GroupTableTests {
  /// A data set with a scan for each case; `sub-x` has none.
  private func withDataset(
    _ participants: [String], _ body: (DerivativeDataset, BIDSLayout) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let raw = folder.appendingPathComponent("raw")
      for name in participants {
        let suffix = name == "sub-x" ? "T1w" : "FLAIR"
        try AtomicFile.write("", to: raw.appendingPathComponent("\(name)/anat/\(name)_\(suffix).nii.gz"))
      }
      let dataset = try DerivativeDataset(
        folder: folder.appendingPathComponent("out"), root: raw, derivatives: nil)
      try body(dataset, BIDSLayout(root: raw))
    }
  }

  private func row(_ id: String, _ status: ScanRow.Status = .ok, volume: Double? = nil) -> ScanRow {
    ScanRow(caseID: id, participantID: id, status: status, message: "", lesionVolumeML: volume)
  }

  /// Writes a row, and for a finished scan its mask and key.
  private func write(_ row: ScanRow, threshold: Double = 3, to dataset: DerivativeDataset) throws {
    try row.write(to: dataset)
    guard row.status == .ok else { return }
    let files = CaseFiles(caseID: row.caseID)
    try AtomicFile.write("", to: dataset.file(files.mask))
    let key = """
      {"BundleSHA256": "0123456789", "Threshold": \(threshold), "ExceedanceMap": false, "NormaVersion": "1"}
      """
    try AtomicFile.write(key, to: dataset.file(files.maskSidecar))
  }

  static let rows: [ScanRow] = [
    ScanRow(
      caseID: "sub-1_ses-2", participantID: "sub-1", sessionID: "ses-2", status: .ok, message: "A note.",
      image: "bids:raw:a", lesionVolumeML: 1.25, lesionCount: 3, bundle: "b", threshold: 2.5),
    ScanRow(caseID: "sub-1", participantID: "sub-1", status: .failed, message: "broken", image: "bids:raw:a"),
    ScanRow(missing: "sub-1", participantID: "sub-1", sessionID: nil),
    ScanRow(caseID: "sub-1", participantID: "sub-1", status: .skipped, message: ""),
  ]

  @Test(arguments: rows)
  func aRowComesBackAsItWasWritten(row: ScanRow) throws {
    try withDataset(["sub-1"]) { dataset, _ in
      #expect(!row.isWritten(in: dataset) && ScanRow(of: row.caseID, in: dataset) == nil)
      try row.write(to: dataset)
      #expect(row.isWritten(in: dataset) && ScanRow(of: row.caseID, in: dataset) == row)
      let cells = ScanRow.columns.table(of: [row]).rows[0]
      #expect(ScanRow.columns.count == cells.count && cells.allSatisfy { !$0.isEmpty })
      #expect(cells.contains(CaseFiles(caseID: row.caseID).mask) == (row.status == .ok))
    }
  }

  @Test func aFileOfAnotherCaseIsNoRow() throws {
    try withDataset(["sub-1"]) { dataset, _ in
      try row("sub-1").write(to: dataset)
      let file = dataset.file(CaseFiles(caseID: "sub-2").row)
      try AtomicFile.write(
        String(contentsOf: dataset.file(CaseFiles(caseID: "sub-1").row), encoding: .utf8), to: file)
      #expect(ScanRow(of: "sub-2", in: dataset) == nil)
    }
  }

  @Test func rowsOfAParticipantAreFoundInAllSessions() throws {
    try withDataset(["sub-1"]) { dataset, _ in
      for id in ["sub-1_ses-2_run-10", "sub-1_ses-2_run-1", "sub-1_ses-1", "sub-10"] {
        try row(id).write(to: dataset)
      }
      #expect(
        dataset.rows(of: "sub-1").map(\.caseID) == ["sub-1_ses-1", "sub-1_ses-2_run-1", "sub-1_ses-2_run-10"])
    }
  }

  @Test func everyScanHasARowAndOutliersAreMarked() throws {
    let names = (1...7).map { "sub-\($0)" } + ["sub-x"]
    try withDataset(names) { dataset, layout in
      for (name, volume) in zip(names, [1.0, 1.2, 0.9, 40]) {
        try write(row(name, volume: volume), to: dataset)
      }
      try write(row("sub-5", .failed), to: dataset)
      #expect(try GroupTable(of: layout, in: dataset).entries.allSatisfy { $0.volumeZ == nil })
      try write(row("sub-7", volume: 1.1), to: dataset)
      let table = try GroupTable(of: layout, in: dataset)
      #expect(table.entries.map(\.row.caseID) == names)
      #expect(table.entries.map(\.row.status) == [.ok, .ok, .ok, .ok, .failed, .missing, .ok, .missing])
      #expect(table.entries.map(\.isOutlier) == [false, false, false, true, false, false, false, false])
      #expect(table.entries[4].volumeZ == nil)
      // The distance from the median in 1.4826 times the median absolute deviation.
      #expect(abs((table.entries[0].volumeZ ?? 9) - -0.1 / (1.4826 * 0.1)) < 1e-3)
      let text = try String(contentsOf: table.write(), encoding: .utf8)
      #expect(Table.rows(of: text)?.count == names.count)
      // A row whose mask is gone counts as missing.
      try AtomicFile.remove(dataset.file(CaseFiles(caseID: "sub-1").mask))
      #expect(try GroupTable(of: layout, in: dataset).entries[0].row.status == .missing)
    }
  }

  @Test func scansOfOtherSettingsAreRefused() throws {
    try withDataset(["sub-1", "sub-2", "sub-3"]) { dataset, layout in
      #expect(try problem { try GroupTable(of: layout, in: dataset) }.what.contains("no results"))
      for (name, threshold) in [("sub-1", 3.0), ("sub-2", 4), ("sub-3", 3)] {
        try write(row(name), threshold: threshold, to: dataset)
      }
      let problem = try problem { try GroupTable(of: layout, in: dataset) }
      #expect(
        problem.kind == .badData && problem.what.contains("in 2 ways (threshold 3.0 in 2, such as sub-1;"))
    }
  }
}
