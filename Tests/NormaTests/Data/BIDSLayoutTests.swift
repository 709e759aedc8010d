import _TestSupport
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Cohort

@Suite struct BIDSLayoutTests {
  /// Creates empty files with these names in a temporary folder.
  private func withFiles<R>(_ files: [String], _ body: (URL) throws -> R) throws -> R {
    try withTemporaryFolder { root in
      for file in files { try AtomicFile.write("", to: root.appendingPathComponent(file)) }
      return try body(root)
    }
  }

  static let layouts: [(files: [String], cases: [String])] = [
    (["sub-01/anat/sub-01_FLAIR.nii.gz"], ["sub-01"]),
    (["sub-b/anat/sub-b_FLAIR.nii", "sub-a/anat/sub-a_FLAIR.nii.gz"], ["sub-a", "sub-b"]),
    (
      ["sub-01/ses-2/anat/sub-01_ses-2_FLAIR.nii.gz", "sub-01/ses-1/anat/sub-01_ses-1_FLAIR.nii.gz"],
      ["sub-01_ses-1", "sub-01_ses-2"]
    ),
    (
      ["sub-01/anat/sub-01_acq-3d_run-2_FLAIR.nii.gz", "sub-01/anat/sub-01_acq-3d_run-1_FLAIR.nii.gz"],
      ["sub-01_acq-3d_run-1", "sub-01_acq-3d_run-2"]
    ),
    (
      ["sub-01/anat/sub-01_rec-norm_mine-x_FLAIR.nii.gz", "sub-01/anat/sub-01_T1w.nii.gz"],
      ["sub-01_rec-norm_mine-x"]
    ),
    (
      [
        "sub-01/anat/sub-01_FLAIR.nii.gz", "sub-01/anat/sub-01_FLAIR.json", "sub-02/anat/sub-02_T1w.nii.gz",
        "sub-01/anat/sub-01_space-MNI_FLAIR.nii.gz", "sub-01/anat/sub-01_desc-brain_FLAIR.nii.gz",
        "sub-01/func/sub-01_task-rest_FLAIR.nii.gz", "sub-01/sub-01_FLAIR.nii.gz",
      ], ["sub-01"]
    ),
    (
      [
        "sub-01/anat/sub-01_FLAIR.nii.gz", "derivatives/x/sub-02/anat/sub-02_FLAIR.nii.gz",
        "sourcedata/sub-03/anat/sub-03_FLAIR.nii.gz", "code/sub-04/anat/sub-04_FLAIR.nii.gz",
      ], ["sub-01"]
    ),
  ]

  @Test(arguments: layouts)
  func flairScansAreFoundInOrder(files: [String], cases: [String]) throws {
    let found = try withFiles(files) { try BIDSLayout(root: $0).scans.map(\.scanCase.id) }
    #expect(found == cases)
  }

  /// Files that must not cost the others, and what is said about them.
  static let oddities: [(files: [String], ignored: String, cases: [String], leftOut: [String])] = [
    (
      ["sub-01/anat/._sub-01_FLAIR.nii.gz", ".sub-03/anat/sub-03_FLAIR.nii.gz"], "", ["sub-01", "sub-02"], []
    ),
    (["sub-01/anat/sub-01_old_FLAIR.nii.gz"], "*_old_*\n", ["sub-01", "sub-02"], []),
    (["sub-03/anat/sub-03_FLAIR.nii.gz"], "sub-03/", ["sub-01", "sub-02"], []),
    (["sub-03/anat/sub-04_FLAIR.nii.gz"], "# the third\nsub-03/**", ["sub-01", "sub-02"], []),
    (["sub-01/anat/sub-01_old_FLAIR.nii.gz"], "", ["sub-01", "sub-02"], ["sub-01_old_FLAIR.nii.gz"]),
    (["sub-01/anat/sub-02_FLAIR.nii.gz"], "", ["sub-01", "sub-02"], ["sub-02_FLAIR.nii.gz"]),
    (["sub-01/anat/sub-01_ses-1_FLAIR.nii.gz"], "", ["sub-01", "sub-02"], ["sub-01_ses-1_FLAIR.nii.gz"]),
    (["sub-01/anat/sub-01_FLAIR.nii"], "", ["sub-02"], ["sub-01_FLAIR.nii.gz"]),
    (["sub-01/anat/sub-01_FLAIR.nii"], "*.nii", ["sub-01", "sub-02"], []),
    (["sub-01/anat/sub-01_part-phase_FLAIR.nii.gz"], "", ["sub-01", "sub-02"], []),
    (["sub-01/anat/sub-01_part-imag_FLAIR.nii.gz"], "", ["sub-01", "sub-02"], []),
    (["sub-01/anat/sub-01_part-mag_FLAIR.nii.gz"], "", ["sub-01", "sub-01_part-mag", "sub-02"], []),
  ]

  @Test(arguments: oddities)
  func oneFileNeverCostsTheOthers(files: [String], ignored: String, cases: [String], leftOut: [String]) throws
  {
    let usual = ["sub-01/anat/sub-01_FLAIR.nii.gz", "sub-02/anat/sub-02_FLAIR.nii.gz"]
    let layout = try withFiles(usual + files) { root in
      try AtomicFile.write(ignored, to: root.appendingPathComponent(".bidsignore"))
      return try BIDSLayout(root: root)
    }
    #expect(layout.scans.map(\.scanCase.id) == cases)
    #expect(layout.leftOut.map { URL(filePath: $0.location).lastPathComponent } == leftOut)
  }

  @Test func aParticipantWhoseScansAreLeftOutHasARowThatSaysSo() throws {
    let files = [
      "sub-01/anat/sub-01_FLAIR.nii.gz", "sub-02/anat/sub-02_old_FLAIR.nii.gz",
      "sub-03/anat/sub-03_part-phase_FLAIR.nii.gz",
    ]
    let layout = try withFiles(files) { try BIDSLayout(root: $0) }
    #expect(
      layout.participants.dropFirst().map(\.missing) == [
        "no FLAIR scan; left out because of the name: sub-02_old_FLAIR.nii.gz",
        "no FLAIR scan, only FLAIR (part-phase)",
      ])
  }

  /// Patterns as in `.gitignore`.
  @Test(
    arguments: [
      ("*_old_*", "sub-01/anat/sub-01_old_FLAIR.nii.gz", true),
      ("*_old_*", "sub-01/anat/sub-01_FLAIR.nii", false),
      ("sub-01", "sub-01/anat/x.nii", true), ("sub-01/", "sub-01/anat/x.nii", true),
      ("sub-01/", "sub-01", false),
      ("/sub-01", "sub-01/anat/x.nii", true), ("/anat", "sub-01/anat/x.nii", false),
      ("anat", "sub-01/anat/x.nii", true), ("sub-01/anat", "sub-01/anat/x.nii", true),
      ("anat/x.nii", "sub-01/anat/x.nii", false), ("**/anat/x.nii", "sub-01/anat/x.nii", true),
      ("sub-*/**/x.nii", "sub-01/ses-1/anat/x.nii", true), ("sub-01/**", "sub-01/anat/x.nii", true),
      ("sub-*/*.nii", "sub-01/anat/x.nii", false), ("x.ni?", "sub-01/anat/x.nii", true),
      ("x.ni?", "sub-01/anat/xanii", false), ("sub-0[12]", "sub-01/x", true),
      ("sub-0[!12]", "sub-01/x", false),
      ("*.nii\n!x.nii", "sub-01/x.nii", false), ("*.nii\n!x.nii", "sub-01/y.nii", true),
      ("# sub-01", "sub-01/x", false),
      ("  \n", "sub-01/x", false), ("a+b(c)", "a+b(c)", true), ("[", "[", true),
    ])
  func patternsLeaveOut(pattern: String, path: String, isIgnored: Bool) {
    #expect(BIDSIgnore(pattern).ignores(path) == isIgnored, "\(pattern) on \(path)")
  }

  @Test(arguments: [
    (#""1.10.0""#, true), ("1.1", true), ("1", true), ("null", false), (#""""#, false), ("[1]", false),
  ])
  func theVersionMayBeANumber(version: String, isRead: Bool) throws {
    try withTemporaryFolder { root in
      try AtomicFile.write(
        #"{"Name": "x", "BIDSVersion": \#(version)}"#,
        to: root.appendingPathComponent(BIDSDescription.fileName))
      let description = try? BIDSDescription(of: root)
      #expect((description != nil) == isRead)
    }
  }

  static let cohort = [
    "sub-01/ses-1/anat/sub-01_ses-1_acq-3d_run-01_FLAIR.nii.gz",
    "sub-01/ses-1/anat/sub-01_ses-1_acq-3d_run-02_FLAIR.nii.gz",
    "sub-01/ses-2/anat/sub-01_ses-2_FLAIR.nii.gz",
    "sub-02/ses-1/anat/sub-02_ses-1_acq-2d_FLAIR.nii.gz",
  ]

  static let choices: [(participants: [String], sessions: [String], filter: String, cases: [String])] = [
    (["01"], [], "{}", ["sub-01_ses-1_acq-3d_run-01", "sub-01_ses-1_acq-3d_run-02", "sub-01_ses-2"]),
    (["sub-02"], [], "{}", ["sub-02_ses-1_acq-2d"]),
    (["sub-02", "02"], [], "{}", ["sub-02_ses-1_acq-2d"]),
    ([], ["ses-2"], "{}", ["sub-01_ses-2"]),
    (
      [], [], #"{"flair": {"acquisition": "3d"}}"#,
      ["sub-01_ses-1_acq-3d_run-01", "sub-01_ses-1_acq-3d_run-02"]
    ),
    ([], [], #"{"flair": {"acq": "3d", "run": 1}, "t1w": {"acq": "x"}}"#, ["sub-01_ses-1_acq-3d_run-01"]),
    ([], [], #"{"flair": {"run": "2"}}"#, ["sub-01_ses-1_acq-3d_run-02"]),
    ([], [], #"{"flair": {"acq": null}}"#, ["sub-01_ses-2"]),
    ([], [], #"{"flair": {"acq": ["2d", null]}}"#, ["sub-01_ses-2", "sub-02_ses-1_acq-2d"]),
    ([], [], #"{"flair": {"part": ["mag", null], "acq": [null]}}"#, ["sub-01_ses-2"]),
    ([], [], #"{"flair": {"acquisition": ["2d", "1d"]}}"#, ["sub-02_ses-1_acq-2d"]),
    ([], [], #"{"flair": {"run": "*"}}"#, ["sub-01_ses-1_acq-3d_run-01", "sub-01_ses-1_acq-3d_run-02"]),
    ([], [], #"{"flair": {"session": 2, "datatype": "anat", "suffix": "FLAIR"}}"#, ["sub-01_ses-2"]),
    (["01"], ["1"], #"{"flair": {"run": [2]}}"#, ["sub-01_ses-1_acq-3d_run-02"]),
  ]

  @Test(arguments: choices)
  func labelsAndFiltersSelect(participants: [String], sessions: [String], filter: String, cases: [String])
    throws
  {
    let found = try withFiles(Self.cohort) { root in
      try BIDSLayout(
        root: root,
        selection: BIDSSelection(
          participants: participants, sessions: sessions, filter: Self.filter(filter, in: root))
      ).scans.map(\.scanCase.id)
    }
    #expect(found == cases)
  }

  private static func filter(_ text: String, in folder: URL) throws -> BIDSFilter {
    let file = folder.appendingPathComponent("filter.json")
    try AtomicFile.write(text, to: file)
    return try BIDSFilter(contentsOf: file)
  }

  static let t1ws: [(files: [String], filter: String, used: String?, note: Bool)] = [
    (["sub-01_ses-1_T1w.nii.gz"], "{}", "sub-01_ses-1_T1w.nii.gz", false),
    (
      ["sub-01_ses-1_ce-gad_run-2_T1w.nii.gz", "sub-01_ses-1_run-1_T1w.nii.gz"], "{}",
      "sub-01_ses-1_run-1_T1w.nii.gz", true
    ),
    (
      ["sub-01_ses-1_run-1_T1w.nii.gz", "sub-01_ses-1_run-2_T1w.nii.gz"], "{}",
      "sub-01_ses-1_run-2_T1w.nii.gz", true
    ),
    (
      ["sub-01_ses-1_run-1_T1w.nii.gz", "sub-01_ses-1_run-2_T1w.nii.gz"], #"{"t1w": {"run": 1}}"#,
      "sub-01_ses-1_run-1_T1w.nii.gz", false
    ),
    (["sub-01_ses-1_desc-brain_T1w.nii.gz", "sub-01_ses-1_T1w.json"], "{}", nil, false),
    (["../../ses-2/anat/sub-01_ses-2_T1w.nii.gz"], "{}", nil, false),
  ]

  @Test(arguments: t1ws)
  func theT1wOfTheSessionIsFound(files: [String], filter: String, used: String?, note: Bool) throws {
    let scan = "sub-01_ses-1_run-2_FLAIR.nii.gz"
    let found = try withFiles((files + [scan]).map { "sub-01/ses-1/anat/\($0)" }) { root in
      try BIDSLayout(root: root, selection: BIDSSelection(filter: Self.filter(filter, in: root))).scans
    }
    #expect(found.map { $0.scanCase.t1w?.lastPathComponent } == [used])
    #expect(found.map { $0.note != nil } == [note])
  }

  @Test func aParticipantWithoutAScanListsOtherSuffixes() throws {
    let files = Self.cohort + ["sub-03/ses-1/anat/sub-03_ses-1_T1w.nii.gz", "sub-04/func/x.txt"]
    let missing = try withFiles(files) { root in
      let filter = try Self.filter(#"{"flair": {"acquisition": "3d"}}"#, in: root)
      return try BIDSLayout(root: root, selection: BIDSSelection(filter: filter)).participants
        .filter(\.scans.isEmpty).map { "\($0.id): \($0.missing)" }
    }
    #expect(
      missing == [
        "sub-02: no FLAIR scan matches the filter", "sub-03: no FLAIR scan, only T1w",
        "sub-04: no FLAIR scan",
      ])
  }

  /// A job for one participant writes a row even if there is nothing to do.
  @Test(arguments: [(["02"], ["2"]), (["03"], [])] as [([String], [String])])
  func aChosenParticipantMayLackScans(participants: [String], sessions: [String]) throws {
    let layout = try withFiles(Self.cohort + ["sub-03/ses-1/anat/sub-03_ses-1_T1w.nii.gz"]) {
      try BIDSLayout(root: $0, selection: BIDSSelection(participants: participants, sessions: sessions))
    }
    #expect(layout.participants.map(\.scans.count) == [0])
  }

  // MARK: - Brain masks

  /// Returns the mask of the scan `sub-01_run-1`, relative to the data set.
  private func mask(_ grids: [String: Int], derivatives: String? = nil) throws -> (
    mask: String?, note: String?
  ) {
    try withTemporaryFolder { root in
      func write(_ path: String, size: Int) throws {
        let file = root.appendingPathComponent(path)
        try AtomicFile.makeFolder(file.deletingLastPathComponent())
        let geometry = Geometry(shape: [size, size, size], affine: .millimetre)
        try NIfTI.write(Mask(geometry: geometry, repeating: 1), to: file)
      }
      try write("sub-01/anat/sub-01_run-1_FLAIR.nii.gz", size: 4)
      for (path, size) in grids { try write(path, size: size) }
      try AtomicFile.write(
        #"{"Name": "N", "BIDSVersion": "1.10.0", "GeneratedBy": [{"Name": "Norma"}]}"#,
        to: root.appendingPathComponent("derivatives/norma/dataset_description.json"))
      var layout = try BIDSLayout(root: root)
      try BIDSBrainMasks(of: root, derivatives: derivatives.map(root.appendingPathComponent))
        .assign(to: &layout)
      let scan = try #require(layout.scans.first)
      return (scan.scanCase.brainMask.map { $0.path(relativeTo: root) }, scan.note)
    }
  }

  @Test func aMaskWithTheEntitiesAndTheGridOfAScanBelongsToIt() throws {
    let anat = "derivatives/masks/sub-01/anat/sub-01"
    #expect(try mask([:]).mask == nil)
    let own = "\(anat)_run-1_desc-brain_mask.nii.gz"
    #expect(try mask([own: 4]).mask == own)
    for other in ["_desc-brain", "_run-2_desc-brain", "_run-1_space-MNI_desc-brain", "_run-1_desc-lesion"] {
      #expect(try mask(["\(anat)\(other)_mask.nii.gz": 4]).mask == nil, "\(other)")
    }
    let otherGrid = try mask([own: 5])
    #expect(otherGrid.mask == nil && otherGrid.note?.contains("another grid") == true)
    #expect(try mask(["derivatives/norma/sub-01/anat/sub-01_run-1_desc-brain_mask.nii.gz": 4]).mask == nil)
  }

  @Test func twoMasksOfAScanAreRefused() throws {
    let places = ["a", "b"].map { "derivatives/\($0)/sub-01/anat/sub-01_run-1_desc-brain_mask.nii.gz" }
    let both = [places[0]: 4, places[1]: 4]
    let problem = try problem { try mask(both) }
    #expect(problem.kind == .badData && problem.location.contains("/a/") && problem.location.contains("/b/"))
    #expect(problem.advice.contains("--derivatives"))
    #expect(try mask(both, derivatives: "derivatives/b").mask == places[1])
  }

  // MARK: - Names

  @Test func aNameIsParsedInOrder() throws {
    let name = try #require(BIDSName("sub-01_ses-a_acq-3d_desc-brain_mask.nii.gz"))
    #expect(name.entities.map(\.key) == ["sub", "ses", "acq", "desc"] && name["acq"] == "3d")
    #expect(name.suffix == "mask" && name.fileExtension == ".nii.gz" && name.isImage)
    #expect(name.prefix == "sub-01_ses-a_acq-3d_desc-brain")
  }

  @Test(arguments: [
    "FLAIR.nii.gz", "sub-01_old_FLAIR.nii.gz", "ses-1_FLAIR.nii", "sub-_FLAIR.nii", "sub-01__FLAIR.nii",
    "sub-01_run-1_run-2_FLAIR.nii", "sub-01_acq-a-b_FLAIR.nii", "", "sub-01_",
  ])
  func otherNamesAreNotParsed(name: String) { #expect(BIDSName(name) == nil) }
}

extension Affine {
  fileprivate static let millimetre = Affine(
    i: SIMD3(1, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(0, 0, 0))
}
