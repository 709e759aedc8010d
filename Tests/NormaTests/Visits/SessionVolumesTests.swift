import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort
@testable import Norma

/// The volumes of sessions: of single scans, and of compared ones.
@Suite struct SessionVolumesTests {
  /// A data set of scans with these volumes in their own masks.
  private func withDataset(
    _ volumes: [String: Double], _ body: (DerivativeDataset, BIDSLayout) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let raw = folder.appendingPathComponent("raw")
      let dataset = try DerivativeDataset(
        folder: folder.appendingPathComponent("out"), root: raw, derivatives: nil)
      for (id, volume) in volumes {
        let files = CaseFiles(caseID: id), scan = ScanCase(scan: URL(filePath: "/\(id)_FLAIR.nii.gz"))
        try AtomicFile.write("", to: raw.appendingPathComponent("\(files.prefix)_FLAIR.nii.gz"))
        try AtomicFile.write("", to: dataset.file(files.mask))
        try ScanRow(
          caseID: id, participantID: scan.participantID, sessionID: scan.sessionID, status: .ok, message: "",
          lesionVolumeML: volume
        ).write(to: dataset)
      }
      try body(dataset, BIDSLayout(root: raw))
    }
  }

  private func volumes(_ dataset: DerivativeDataset, _ layout: BIDSLayout) throws -> SessionVolumes {
    SessionVolumes(
      of: try GroupTable(of: layout, in: dataset), VisitTable(of: layout, in: dataset),
      SessionOrders(of: layout, root: dataset.folder))
  }

  @Test func sessionsHaveTheMeanOfTheirScansInTheOrderOfTheirNumbers() throws {
    let single = [
      "sub-1_ses-10": 5.0, "sub-1_ses-2_run-1": 2, "sub-1_ses-2_run-2": 4, "sub-2_ses-1": 7, "sub-3": 8,
    ]
    try withDataset(single) { dataset, layout in
      let found = try volumes(dataset, layout)
      #expect(found.participants.map(\.id) == ["sub-1"])
      #expect(found.participants[0].sessions.map(\.id) == ["ses-2", "ses-10"])
      #expect(found.participants[0].volumesML == [3, 5] && !found.participants[0].isJoint)
    }
  }

  @Test func comparedSessionsHaveTheVolumesOfTheirCommonMasks() throws {
    let scans = (1...3).flatMap { person in (1...3).map { ("sub-\(person)_ses-\($0)", 1.0) } }
    try withDataset(Dictionary(uniqueKeysWithValues: scans)) { dataset, layout in
      // Each with the one before, each with the first, and one session that could not be compared.
      try dataset.writeComparison("sub-1_ses-1", "sub-1_ses-2", volumesML: (2, 3))
      try dataset.writeComparison("sub-1_ses-2", "sub-1_ses-3", volumesML: (5, 6))
      try dataset.writeComparison("sub-2_ses-1", "sub-2_ses-2", volumesML: (2, 4))
      try dataset.writeComparison("sub-2_ses-1", "sub-2_ses-3", volumesML: (3, 7))
      try dataset.writeComparison("sub-3_ses-1", "sub-3_ses-2", volumesML: (2, 3))
      let found = try volumes(dataset, layout)
      #expect(found.participants.map(\.volumesML) == [[2, 4, 6], [2.5, 4, 7], [1, 1, 1]])
      #expect(found.participants.map(\.isJoint) == [true, true, false])
      let file = try #require(try found.write(to: dataset))
      let rows = try #require(Table.rows(of: String(contentsOf: file, encoding: .utf8)))
      #expect(rows.count == 9 && rows[1]["joint_volume_ml"] == "4.0000")
      #expect(rows[8]["joint_volume_ml"] == "n/a" && rows[8]["lesion_volume_ml"] == "1.0000")
      let described = try JSONSerialization.jsonObject(
        with: Data(contentsOf: dataset.file("group_sessions.json")))
      #expect((described as? [String: Any]).map { Set($0.keys) } == Set(rows[0].keys))
    }
  }

  /// Sessions in the order of their times, where the first one was not segmented.
  @Test func daysCountFromTheFirstSession() throws {
    let single = ["sub-1_ses-1": 5.0, "sub-1_ses-2": 2, "sub-1_ses-3": 4]
    try withDataset(single) { dataset, layout in
      let raw = dataset.folder.deletingLastPathComponent().appendingPathComponent("raw")
      try AtomicFile.write(
        "session_id\tacq_time\nses-1\t1900-03-01\nses-2\t1900-02-01\nses-3\t1900-01-01\n",
        to: raw.appendingPathComponent("sub-1/sub-1_sessions.tsv"))
      try AtomicFile.remove(dataset.file(CaseFiles(caseID: "sub-1_ses-3").mask))
      let sessions = try volumes(dataset, layout).participants[0].sessions
      #expect(sessions.map(\.id) == ["ses-2", "ses-1"] && sessions.map(\.days) == [31, 59])
    }
  }

  /// The masks of a scan that was segmented again are other ones than those that were compared.
  @Test func anOutdatedComparisonDoesNotCount() throws {
    try withDataset(["sub-1_ses-1": 1, "sub-1_ses-2": 2]) { dataset, layout in
      try dataset.writeComparison("sub-1_ses-1", "sub-1_ses-2", volumesML: (3, 4))
      #expect(try volumes(dataset, layout).participants[0].volumesML == [3, 4])
      try AtomicFile.write("{\"again\": 1}", to: dataset.file(CaseFiles(caseID: "sub-1_ses-2").maskSidecar))
      #expect(try volumes(dataset, layout).participants[0].volumesML == [1, 2])
    }
  }
}
