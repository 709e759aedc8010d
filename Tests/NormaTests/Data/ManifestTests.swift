import _TestSupport
import Foundation
import Testing

@testable import Base
@testable import Cohort

@Suite struct ManifestTests {
  static let source = URL(filePath: "/study/manifest.tsv")

  @Test func everyColumnIsRead() throws {
    let manifest = try Manifest(
      text: """
        image\tparticipant_id\tsession_id\tsplit\tlesion_mask\tbrain_mask\tage
        a/one.nii.gz\tsub-1\tses-1\ttrain\tn/a\t../masks/one.nii.gz\t44
        /abs/two.png\tsub-1\tses-2\ttrain\t\tn/a\t44
        three.nii\tsub-2\tn/a\tn/a\tthree_mask.nii\tn/a\tn/a
        """, source: Self.source)
    #expect(manifest.cases.map(\.id) == ["sub-1_ses-1", "sub-1_ses-2", "sub-2"])
    #expect(manifest.cases.map(\.participantID) == ["sub-1", "sub-1", "sub-2"])
    #expect(manifest.cases.map(\.image.path) == ["/study/a/one.nii.gz", "/abs/two.png", "/study/three.nii"])
    #expect(manifest.cases.map { $0.brainMask?.path } == ["/masks/one.nii.gz", nil, nil])
    #expect(manifest.cases.map { $0.lesionMask?.path } == [nil, nil, "/study/three_mask.nii"])
    #expect(manifest.cases.map(\.split) == [.train, .train, nil])
    #expect(manifest.cases(in: .train).count == 2)
  }

  @Test func anatomiesAreReadBesideScans() throws {
    let manifest = try Manifest(
      text: """
        participant_id\timage\tanatomy\tsplit\tsession_id
        sub-1\tone.nii.gz\tn/a\ttrain\tn/a
        sub-1\tn/a\tt1/one.nii.gz\ttrain\tn/a
        sub-2\t\t/abs/labels.nii.gz\tvalidation\tses-2
        average\tn/a\ttemplate\tn/a\tn/a
        """, source: Self.source)
    #expect(manifest.cases.map(\.id) == ["sub-1"])
    #expect(manifest.anatomies.map(\.id) == ["sub-1", "sub-2_ses-2", "average"])
    #expect(manifest.anatomies.map(\.participantID) == ["sub-1", "sub-2", "average"])
    #expect(
      manifest.anatomies.map(\.source) == [
        .file(URL(filePath: "/study/t1/one.nii.gz")), .file(URL(filePath: "/abs/labels.nii.gz")), .template,
      ])
    #expect(manifest.anatomies.map(\.split) == [.train, .validation, nil])
    #expect(manifest.anatomies(in: .validation).map(\.id) == ["sub-2_ses-2"])
    #expect(try manifest.requiringScans().cases == manifest.cases)
  }

  @Test func aManifestOfAnatomiesHasNoScans() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("anatomies.tsv")
      try AtomicFile.write("participant_id\tanatomy\na\tlabels.nii.gz\nb\ttemplate\n", to: file)
      let manifest = try Manifest(contentsOf: file)
      #expect(manifest.cases.isEmpty && manifest.anatomies.count == 2)
      let refused = try problem { try manifest.requiringScans() }
      #expect(refused.what == "the manifest lists anatomies but no scan" && refused.location == file.path)
      let missing = try problem { try manifest.requireFiles() }
      #expect(missing.what.contains("'a'") && missing.location.hasSuffix("/labels.nii.gz"))
    }
  }

  @Test func onlyOutputsOfPrepareArePreprocessed() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("manifest.tsv")
      let rows = [
        "sub-1\tses-1\tsub-1/ses-1/anat/sub-1_ses-1_desc-preproc_FLAIR.nii.gz",
        "sub-2\tn/a\tsub-2/anat/sub-2_desc-preproc_T1w.nii.gz", "sub-3\tn/a\t../raw/sub-3_FLAIR.nii.gz",
        "sub-4\tn/a\t../fmriprep/sub-4/anat/sub-4_desc-preproc_FLAIR.nii.gz",
      ]
      let text = "participant_id\tsession_id\timage\n" + rows.joined(separator: "\n")
      try AtomicFile.write(text, to: file)
      #expect(try Manifest(contentsOf: file).cases.map(\.isPreprocessed) == [false, false, false, false])
      try AtomicFile.write("{}", to: folder.appendingPathComponent("preprocessing.json"))
      #expect(try Manifest(contentsOf: file).cases.map(\.isPreprocessed) == [true, true, false, false])
    }
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func lineEndsOfEverySystemAreRead(end: String) throws {
    let lines = ["participant_id\timage", "sub-1\ta.nii", "", "sub-2\tb.nii", "", " "]
    let manifest = try Manifest(text: lines.joined(separator: end), source: Self.source)
    #expect(manifest.cases.map(\.id) == ["sub-1", "sub-2"])
    #expect(manifest.cases.map(\.image.lastPathComponent) == ["a.nii", "b.nii"])
  }

  @Test func aByteOrderMarkIsIgnored() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("excel.tsv")
      try Data("\u{FEFF}participant_id\timage\r\nsub-1\ta.nii\r\n".utf8).write(to: file)
      #expect(try Manifest(contentsOf: file).cases.map(\.id) == ["sub-1"])
    }
  }

  @Test(arguments: [
    Row("empty", ("", "empty", "/study/manifest.tsv")),
    Row("blank", ("\n \n", "empty", "/study/manifest.tsv")),
    Row("no row", ("participant_id\timage\n", "lists no scan", "/study/manifest.tsv")),
    Row("no column", ("participant_id\tfile\nsub-1\ta", "no column 'image'", "line 1")),
    Row("misspelt", ("partcipant_id\timage\nsub-1\ta", "but a column 'partcipant_id'", "line 1")),
    Row("commas", ("participant_id,image\nsub-1,a", "no column 'participant_id'", "line 1")),
    Row(
      "short row", ("participant_id\timage\nsub-1\ta\nsub-2", "has 1 cells, but the header has 2", "line 3")),
    Row("long row", ("participant_id\timage\n\nsub-1\ta\tb", "has 3 cells, but the header has 2", "line 3")),
    Row("no participant", ("participant_id\timage\nn/a\ta", "empty", "line 2")),
    Row("no image", ("participant_id\timage\nsub-1\t", "empty", "line 2")),
    Row("no image or anatomy", ("participant_id\timage\tanatomy\na\tn/a\t", "empty", "line 2")),
    Row(
      "image and anatomy", ("participant_id\timage\tanatomy\na\tb\tc", "an image and an anatomy", "line 2")),
    Row(
      "anatomy with a mask", ("participant_id\tanatomy\tbrain_mask\na\tb\tc", "has a brain_mask", "line 2")),
    Row("anatomy twice", ("participant_id\tanatomy\na\tb\na\tc", "'a' is listed twice", "line 3")),
    Row(
      "leak to an anatomy",
      (
        "participant_id\timage\tanatomy\tsplit\np\ta\tn/a\ttrain\np\tn/a\tb\tvalidation",
        "in two splits, train and validation", "line 3"
      )),
    Row("bad split", ("participant_id\timage\tsplit\nsub-1\ta\tdev", "'dev' is not a split", "line 2")),
    Row(
      "bad label",
      ("participant_id\timage\tlesion_label\nsub-1\ta\tlesion", "'lesion' is not a label", "line 2")),
    Row(
      "bad pairing",
      ("participant_id\timage\tmask_pairing\na\tb\tworld", "'world' is not a pairing of masks", "line 2")),
    Row(
      "anatomy with a label",
      ("participant_id\tanatomy\tlesion_label\na\tb\t1", "has a lesion_label", "line 2")),
    Row("NA", ("participant_id\timage\tlesion_mask\na\tb\tNA", "'NA' in the column lesion_mask", "line 2")),
    Row("NaN", ("participant_id\timage\tsplit\na\tb\tNaN", "'NaN' in the column split", "line 2")),
    Row(
      "None", ("participant_id\timage\tbrain_mask\na\tb\tNone", "'None' in the column brain_mask", "line 2")),
    Row(
      "nan for a level", ("participant_id\timage\tlevel\na\tb\tnan", "'nan' in the column level", "line 2")),
    Row("null for an image", ("participant_id\timage\na\tnull", "'null' in the column image", "line 2")),
    Row("path as name", ("participant_id\timage\n../../x\ta", "'../../x' cannot name a folder", "line 2")),
    Row("path as session", ("participant_id\tsession_id\timage\np\ta/b\ta", "'a/b' cannot name", "line 2")),
    Row("twice", ("participant_id\timage\nsub-1\ta\nsub-1\tb", "'sub-1' is listed twice", "line 3")),
    Row(
      "twice in a session",
      ("participant_id\tsession_id\timage\np\ts\ta\np\ts\tb", "'p_s' is listed twice", "line 3")),
    Row(
      "leak",
      (
        "participant_id\tsession_id\timage\tsplit\np\t1\ta\ttrain\n\np\t2\tb\ttest",
        "in two splits, train and test", "line 4"
      )),
  ])
  func anErrorNamesTheLine(row: Row<(String, String, String)>) throws {
    let (text, what, place) = row.body
    let problem = try problem { try Manifest(text: text, source: Self.source) }
    #expect(problem.kind == .badData)
    #expect(problem.what.contains(what))
    #expect(problem.location.hasSuffix(place))
  }

  @Test func unreadableFilesAreNamed() throws {
    try withTemporaryFolder { folder in
      let latin = folder.appendingPathComponent("latin.tsv")
      try Data([0x70, 0xE4, 0x09]).write(to: latin)
      #expect(try problem { try Manifest(contentsOf: latin) }.kind == .badData)
      let none = folder.appendingPathComponent("none.tsv")
      #expect(try problem { try Manifest(contentsOf: none) }.kind == .missingInput)

      let cohort = try TestCohort(in: folder, train: 1, validation: 0, test: 1)
      let manifest = try Manifest(contentsOf: cohort.manifest.source)
      try manifest.requireFiles()
      let mask = try #require(manifest.cases[1].lesionMask)
      try FileManager.default.removeItem(at: mask)
      let problem = try problem { try manifest.requireFiles() }
      #expect(problem.kind == .missingInput && problem.location == mask.path)
    }
  }

  /// python3 -c 'import hashlib; print(int(hashlib.sha256(b"val:sub-008").hexdigest(), 16) % 100)' and so on
  /// for the others gives 13, 60, 35, 85 (Ünal, UTF-8), 66.
  @Test(arguments: [
    ("sub-008", true), ("sub-001", false), ("sub-002", false), ("Ünal", false), ("p 17", false),
  ])
  func validationIsSelectedByHash(participant: String, isValidation: Bool) {
    #expect(Manifest.isValidation(participant) == isValidation)
  }

  /// python3 -c 'import hashlib; print([i for i in range(40) if
  /// int(hashlib.sha256(f"val:{i}".encode()).hexdigest(), 16) % 100 < 15])'
  @Test func theSelectionEqualsThatOfPython() {
    #expect((0..<40).filter { Manifest.isValidation("\($0)") } == [7, 10, 26, 34, 39])
  }

  @Test func participantsWithALesionAreInTheTestSplit() throws {
    func scan(_ id: String, _ session: String?, split: Split? = nil) -> ScanCase {
      ScanCase(
        participantID: id, sessionID: session, image: URL(filePath: "/\(id)\(session ?? "")"), split: split)
    }
    let manifest = Manifest(
      cases: [
        scan("sub-001", "a"), scan("sub-001", "b"), scan("sub-002", nil), scan("sub-008", nil),
        scan("sub-009", nil, split: .validation),
      ], source: Self.source)
    let split = manifest.assigningSplits { $0.id == "sub-001_b" || $0.id == "sub-009" }
    #expect(split.cases.map(\.split) == [.test, .test, .train, .validation, .validation])
  }

  @Test func anAnatomyGetsTheSplitOfItsParticipant() {
    func anatomy(_ id: String, split: Split? = nil) -> AnatomyCase {
      AnatomyCase(participantID: id, source: .template, split: split)
    }
    let scans = [
      ScanCase(participantID: "sub-001", image: URL(filePath: "/a")),
      ScanCase(participantID: "sub-008", image: URL(filePath: "/b"), split: .train),
    ]
    let manifest = Manifest(
      cases: scans,
      anatomies: [
        anatomy("sub-001"), anatomy("sub-002"), anatomy("sub-008"), anatomy("Ünal", split: .validation),
      ], source: Self.source)
    let split = manifest.assigningSplits { $0.id == "sub-001" }
    #expect(split.anatomies.map(\.split) == [.test, .train, .train, .validation])
    let alone = Manifest(
      cases: [], anatomies: [anatomy("sub-002"), anatomy("sub-008")], source: Self.source)
    #expect(alone.assigningSplits { _ in false }.anatomies.map(\.split) == [.train, .validation])
    // Participants 0 to 2 validate in the folds 0, 1 and 0 of three, as below.
    let folded = Manifest(
      cases: [], anatomies: (0..<3).map { anatomy("\($0)", split: .train) } + [anatomy("9", split: .test)],
      source: Self.source
    ).assigningFold(0, of: 3)
    #expect(folded.anatomies.map(\.split) == [.validation, .train, .validation, .test])
  }

  @Test func theTemplateIsInBothSplitsWhereThereIsNoOtherAnatomy() throws {
    func splits(_ rows: String...) throws -> [String] {
      let lines = (["participant_id anatomy split"] + rows).map { $0.replacing(" ", with: "\t") }
      let manifest = try Manifest(text: lines.joined(separator: "\n"), source: Self.source)
      return manifest.assigningSplits { _ in false }.anatomies.map {
        "\($0.participantID) \($0.split?.rawValue ?? "")"
      }
    }
    #expect(try splits("8 template n/a") == ["8 train", "8 validation"])
    #expect(
      try splits("icbm template train", "icbm template validation") == ["icbm train", "icbm validation"])
    #expect(try splits("icbm template train") == ["icbm train"])
    // By the hashes of their names, 7 and 10 are validation.
    #expect(
      try splits("7 a.nii n/a", "8 b.nii n/a", "9 template n/a") == ["7 validation", "8 train", "9 train"])
    #expect(try splits("7 a.nii n/a", "10 template n/a") == ["7 validation", "10 validation", "10 train"])
    #expect(try problem { try splits("a template train", "a template train") }.what.contains("listed twice"))
    #expect(try problem { try splits("a x.nii train", "a y.nii test") }.what.contains("listed twice"))
  }

  /// python3 -c 'import hashlib; print([int(hashlib.sha256(f"fold:{i}".encode()).hexdigest(), 16) % 3 for i in range(9)])'
  @Test func everyParticipantValidatesInOneFold() {
    let manifest = Manifest(
      cases: (0..<9).map {
        ScanCase(
          participantID: "\($0)", image: URL(filePath: "/\($0)"), split: $0 < 6 ? .train : .validation)
      } + [ScanCase(participantID: "9", image: URL(filePath: "/9"), split: .test)], source: Self.source)
    let splits = (0..<3).map { manifest.assigningFold($0, of: 3).cases.map(\.split) }
    for participant in 0..<9 {
      let expected = [0, 1, 0, 0, 2, 1, 2, 0, 2][participant]
      #expect(splits.map { $0[participant] == .validation } == (0..<3).map { $0 == expected })
    }
    #expect(splits.allSatisfy { $0[9] == .test })
    #expect(manifest.assigningFold(0, of: 0).cases.map(\.split) == manifest.cases.map(\.split))
  }
}
