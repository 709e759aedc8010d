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

  /// The names of files in one folder, and the ids of those that are taken as scans.
  @Test(
    arguments: [
      (["a_FLAIR", "b_flair", "c_FLAIR_ax_7", "d-FLAIR"], ["a", "b", "c_FLAIR_ax_7", "d-FLAIR"]),
      (["p1_T2_FLAIR", "p1_t1", "p1_T2"], ["p1_T2"]),
      (["1_3DFLAIR_sag", "2 Flair", "3.FLAIR", "4_swi"], ["1_3DFLAIR_sag", "2 Flair", "3.FLAIR"]),
      (["t1_flair", "t2_flair", "T12_FLAIR"], ["t1", "t2", "T12"]),
      (["a_FLAIR", "a_FLAIR_brain_mask", "a_FLAIR_seg", "a_flair_lesion", "a_FLAIR_brainmask"], ["a"]),
      (["a_FLAIR", "a_T1w_space-FLAIR", "a_T1_to_FLAIR", "a_adc_flair"], ["a"]),
      (["a_FLAIR", "a_desc-denoised_FLAIR"], ["a"]), (["a_space-T1w_FLAIR"], ["a_space-T1w"]),
      (["a_desc-denoised_FLAIR"], ["a_desc-denoised"]), (["a", "b", "b_mask"], ["a", "b"]),
      (["a_FLAIR", "a_FLAIR_ph", "a_FLAIR_real", "a_FLAIR_imaginary", "a_FLAIR_phase"], ["a"]),
      (["a_FLAIR", "a_FLAIR_ROI1", "a_FLAIR_seg2", "a_FLAIR_ROI"], ["a"]), (["real", "ph"], ["real", "ph"]),
      (["a_FLAIR", "a_FLAIRa", "a_FLAIR_Eq_1"], ["a", "a_FLAIRa", "a_FLAIR_Eq_1"]),
    ] as [([String], [String])])
  func aNameSaysWhetherAFileIsAScan(files: [String], ids: [String]) throws {
    #expect(try Set(cases(files.map { "\($0).nii.gz" })) == Set(ids))
  }

  @Test func linksToFoldersAreNamedAndLinksToScansTaken() throws {
    try withTemporaryFolder { folder in
      let (root, elsewhere) = (
        folder.appendingPathComponent("in"), folder.appendingPathComponent("elsewhere")
      )
      for name in ["p1_FLAIR", "p2_FLAIR"] {
        try AtomicFile.write("", to: elsewhere.appendingPathComponent("\(name).nii.gz"))
      }
      try AtomicFile.makeFolder(root)
      let manager = FileManager.default
      try manager.createSymbolicLink(
        at: root.appendingPathComponent("sub-01"), withDestinationURL: elsewhere)
      let refused = try problem { try Manifest(discovering: root) }
      #expect(refused.kind == .missingInput && refused.what.contains("only links to folders"))
      #expect(refused.advice.contains("'sub-01'"))
      try manager.createSymbolicLink(
        at: root.appendingPathComponent("p1_FLAIR.nii.gz"),
        withDestinationURL: elsewhere.appendingPathComponent("p1_FLAIR.nii.gz"))
      let found = try Manifest(discovering: root)
      #expect(found.cases.map(\.id) == ["p1"])
      #expect(found.notes == ["left out 1 file linking to folders: sub-01"])
    }
  }

  @Test func filesThatAreLeftOutAreCountedAndNamed() throws {
    try withTemporaryFolder { folder in
      let names = ["a_FLAIR", "b", "c_mask", "x/x_desc-anomaly_FLAIR"] + (1...6).map { "t\($0)" }
      for name in names { try AtomicFile.write("", to: folder.appendingPathComponent("\(name).nii.gz")) }
      #expect(
        try Manifest(discovering: folder).notes == [
          "left out 1 file that Norma wrote: x/x_desc-anomaly_FLAIR.nii.gz",
          "left out 1 file with names of masks: c_mask.nii.gz",
          "left out 7 files whose names do not say FLAIR: b.nii.gz, t1.nii.gz, t2.nii.gz, t3.nii.gz, t4.nii.gz "
            + "and 2 more",
        ])
    }
  }

  /// All images that a segmentation or a preprocessing leaves.
  @Test(arguments: ["x", "sub-01", "sub-01_ses-2"])
  func whatNormaWroteIsNotAScan(caseID: String) throws {
    let files = CaseFiles(caseID: caseID)
    let images = files.segmented.filter { $0.hasSuffix(".nii.gz") } + [files.preprocessed]
    try withTemporaryFolder { folder in
      for file in images { try AtomicFile.write("", to: folder.appendingPathComponent(file)) }
      let sidecar = folder.appendingPathComponent(files.preprocessedSidecar)
      // The same name without Norma's sidecar is another program's.
      #expect(try Manifest(discovering: folder).cases.count == 1)
      try AtomicFile.write(#"{"NormaVersion": "1"}"#, to: sidecar)
      let problem = try problem { try Manifest(discovering: folder) }
      #expect(problem.kind == .missingInput && problem.what.contains("only files that Norma wrote"))
      try AtomicFile.write("", to: folder.appendingPathComponent("manifest.tsv"))
      #expect(try _TestSupport.problem { try Manifest(discovering: folder) }.advice.contains("manifest.tsv"))
      try AtomicFile.write("", to: folder.appendingPathComponent("raw.nii.gz"))
      #expect(try Manifest(discovering: folder).cases.map(\.id) == ["raw"])
      for image in images {
        let file = folder.appendingPathComponent(image)
        #expect(try _TestSupport.problem { try Manifest(discovering: file) }.what.contains("Norma wrote it"))
      }
    }
  }

  @Test(
    arguments: [
      (
        "\(String(repeating: "x", count: 200)).nii.gz", "xxxxxxxxxxxxxxxxxxxx-aa20c23e",
        "longer than 140 bytes"
      ),
      (
        "\(String(repeating: "ü", count: 80))_FLAIR.nii", "üüüüüüüüüüüüüüüüüüüü-5b5f980c",
        "longer than 140 bytes"
      ),
      ("a\tb_FLAIR.nii.gz", "a%09b", "control character"), ("a\nb.png", "a%0Ab", "control character"),
      ("in\r/a.nii.gz", "a", "control character"), ("\u{1B}[2Ka.nii", "%1B[2Ka", "control character"),
    ])
  func aNameThatCannotBeThatOfResultsFailsAlone(file: String, id: String, words: String) throws {
    try withTemporaryFolder { folder in
      for name in [file, "z_FLAIR.nii.gz", "z.nii.gz"] {
        try AtomicFile.write("", to: folder.appendingPathComponent(name))
      }
      let isFLAIR = file.contains("FLAIR")
      if !isFLAIR { try FileManager.default.removeItem(at: folder.appendingPathComponent("z_FLAIR.nii.gz")) }
      let cases = try Manifest(discovering: folder).cases
      #expect(cases.count == 2 && cases.filter { $0.problem == nil }.map(\.id) == ["z"])
      let bad = try #require(cases.first { $0.problem != nil })
      #expect(bad.id == id && bad.problem?.what.contains(words) == true)
      #expect(bad.problem?.location.contains { $0.isNewline || $0 == "\t" } == false)
    }
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
