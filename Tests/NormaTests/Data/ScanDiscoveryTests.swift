import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort

@Suite struct ScanDiscoveryTests {
  @Test(
    arguments: [
      ("sub-01_FLAIR.nii.gz", "sub-01", "sub-01", nil),
      ("sub-01_ses-2_run-1_FLAIR.nii", "sub-01_ses-2_run-1", "sub-01", "ses-2"),
      ("sub-01_T1w.nii.gz", "sub-01", "sub-01", nil),
      ("case 7.png", "case 7", "case 7", nil),
      ("archive.v2.NII.GZ", "archive.v2", "archive.v2", nil),
      ("anna_FLAIR.nii.gz", "anna", "anna", nil),
      ("_FLAIR_FLAIR.nii", "_FLAIR", "_FLAIR", nil),
    ] as [(String, String, String, String?)])
  func aFileNameBecomesACase(file: String, id: String, participant: String, session: String?) {
    let scan = ScanCase(scan: URL(filePath: "/data/\(file)"))
    #expect(scan.id == id && scan.participantID == participant && scan.sessionID == session)
  }

  /// Creates empty files with these names and lists the cases.
  private func cases(_ files: [String], below inside: String = "") throws -> [String] {
    try withTemporaryFolder { folder in
      let root = folder.appendingPathComponent(inside)
      for file in files { try AtomicFile.write("", to: root.appendingPathComponent(file)) }
      return try Manifest(discovering: root).cases.map(\.id)
    }
  }

  @Test func flairScansArePreferred() throws {
    let found = try cases([
      "sub-02/anat/sub-02_FLAIR.nii.gz", "sub-01/anat/sub-01_FLAIR.nii", "sub-01/anat/sub-01_T1w.nii.gz",
      "sub-01/anat/sub-01_FLAIR.json", "sub-01/anat/sub-01_desc-brain_mask.nii.gz",
      "sub-01/anat/sub-01_desc-anomaly_FLAIR.nii.gz", "derivatives/x/sub-01/sub-01_FLAIR.nii.gz",
    ])
    #expect(found == ["sub-01", "sub-02"])
  }

  @Test(arguments: [
    ["1_flair.nii.gz", "1_t1w.nii.gz"], ["1_FLAIR.nii.gz", "1_T1W.nii.gz"], ["1_Flair.nii", "1_T1.nii"],
  ])
  func aT1wBesideAFLAIRIsNotAScanToSegment(files: [String]) throws { #expect(try cases(files) == ["1"]) }

  @Test(arguments: ["cohort.csv", "cohort.CSV", "cohort.xlsx", "cohort.txt"])
  func aTableThatIsNotAManifestGetsTheHint(name: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent(name)
      try AtomicFile.write("participant_id,image\na,a.nii\n", to: file)
      let problem = try problem { try Manifest(discovering: file) }
      #expect(problem.kind == .badData && problem.what.contains(".tsv") && problem.location == file.path)
      #expect(problem.advice.contains("tab-separated"))
    }
  }

  @Test func withoutFLAIREveryScanIsListed() throws {
    #expect(try cases(["b.png", "a/c.nii.gz", "notes.txt", "d.dcm"]) == ["c", "b"])
  }

  /// macOS writes such files to other disks, and DataLad keeps the contents of files in such folders.
  @Test func hiddenFilesAreIgnored() throws {
    #expect(try cases(["a.nii.gz", "._a.nii.gz", ".git/annex/objects/b.nii.gz"]) == ["a"])
  }

  @Test func aFolderBelowDerivativesCanBeGivenDirectly() throws {
    let found = try cases(["sub-01/sub-01_FLAIR.nii.gz"], below: "derivatives/skullstripped")
    #expect(found == ["sub-01"])
  }

  @Test func duplicateCaseNamesAreRefused() throws {
    let problem = try problem { try cases(["a/scan.nii", "b/scan.nii.gz"]) }
    #expect(problem.kind == .badData && problem.what.contains("'scan'"))
    #expect(problem.location.contains("a/scan.nii") && problem.location.contains("b/scan.nii.gz"))
  }

  @Test func anEmptyFolderIsAProblem() throws {
    #expect(try problem { try cases(["readme.txt"]) }.kind == .missingInput)
    #expect(try problem { try Manifest(discovering: URL(filePath: "/no/such/place")) }.kind == .missingInput)
  }

  @Test func aSingleScanIsACohortOfOne() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("sub-3_FLAIR.nii.gz")
      try AtomicFile.write("", to: file)
      #expect(try Manifest(discovering: file).cases.map(\.id) == ["sub-3"])
    }
  }
}
