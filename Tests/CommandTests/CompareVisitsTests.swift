import _TestSupport
import Foundation
import Testing
import Volumes

/// `compare-visits`; the comparison itself is tested where it is computed.
@Suite struct CompareVisitsTests {
  /// Copies of the patient's scan under these names.
  private static func scans(_ names: String..., in folder: URL) throws -> [URL] {
    try names.map { name in
      try FileManager.default.copyItem(at: Cohort.patient, to: folder / name)
      return folder / name
    }
  }

  private static func compare(_ scans: [URL], into out: URL, _ more: [String] = []) throws -> [String] {
    ["compare-visits"] + scans.map(\.path) + [
      "-o", out.path, "--bundle", try Cohort.bundle.path, "--threads", "1",
    ]
      + more
  }

  static let refused: [BadInput] = [
    BadInput("one scan twice", 64, ["both visits are the same scan", "give the earlier scan"]) { place in
      let scan = try scans("sub-1_ses-1_FLAIR.nii.gz", in: place.folder)
      return try compare(scan + scan, into: place.out)
    },
    BadInput(
      "sessions in the wrong order", 64, ["the follow-up is earlier", "ses-2 and ses-1", "--force-pair"]
    ) {
      place in
      let names = try scans("sub-1_ses-2_FLAIR.nii.gz", "sub-1_ses-1_FLAIR.nii.gz", in: place.folder)
      return try compare(names, into: place.out)
    },
    BadInput("two people", 64, ["scans of two people, sub-1 and sub-2"]) { place in
      try compare(scans("sub-1_FLAIR.nii.gz", "sub-2_FLAIR.nii.gz", in: place.folder), into: place.out)
    },
    BadInput(
      "a visit of another contrast", 65,
      ["the follow-up failed: by its name this is a T1w", "sub-1_ses-2_T1w"]
    ) {
      place in
      let names = try scans("sub-1_ses-1_FLAIR.nii.gz", "sub-1_ses-2_T1w.nii.gz", in: place.folder)
      return try compare(names, into: place.out)
    },
    BadInput("a visit that is not there", 66, ["there is no such file", "sub-1_ses-2_FLAIR"]) { place in
      let names = try scans("sub-1_ses-1_FLAIR.nii.gz", in: place.folder)
      return try compare(names + [place.folder / "sub-1_ses-2_FLAIR.nii.gz"], into: place.out)
    },
    BadInput("a cohort for a visit", 64, ["a visit is one scan, not 2"]) { place in
      let names = try scans("sub-1_ses-1_FLAIR.nii.gz", "sub-1_ses-2_FLAIR.nii.gz", in: place.folder)
      return try compare([place.folder, names[1]], into: place.out)
    },
    BadInput("a bundle without tissues", 64, ["does not tell tissues apart", "--bundle whole-brain"]) {
      place in
      let names = try scans("sub-1_ses-1_FLAIR.nii.gz", "sub-1_ses-2_FLAIR.nii.gz", in: place.folder)
      return try compare(names, into: place.out)
    },
  ]

  @Test(arguments: refused) func aPairThatCannotBeComparedIsRefused(_ input: BadInput) throws {
    try input.check()
  }

  @Test func theOtherVisitIsKeptWhenOneFails() throws {
    let folder = try Workplace.folder()
    let visits = try Self.scans("sub-1_ses-1_FLAIR.nii.gz", "sub-1_ses-2_FLAIR.nii.gz", in: folder)
    try Data("not a scan".utf8).write(to: visits[1])
    let out = folder / "out", stale = out / "sub-1/anat/sub-1_desc-visits_record.json"
    try FileManager.default.createDirectory(
      at: stale.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: stale)
    let outcome = try Tool.run(Self.compare(visits, into: out))
    #expect(outcome.code == 65 && outcome.standardError.contains("the follow-up failed: "))
    #expect((out / "sub-1/ses-1/anat/sub-1_ses-1_label-lesion_mask.nii.gz").exists)
    #expect(try TSV(out / "cases.tsv").rows.map { $0["status"] } == ["ok", "failed"])
    // What an earlier comparison left does not stay beside other masks.
    #expect(!stale.exists && out.halfWritten == [])
  }
}

/// `bids --compare-sessions`; the bundle of the tests does not tell tissues apart, so every pair fails late.
@Suite struct CompareSessionsTests {
  private static let row = "sub-01/ses-2/anat/sub-01_ses-2_desc-norma_visits.tsv"

  @Test func aComparisonThatFailsCostsOneRow() throws {
    let data = try BIDSDataSet()
    let outcome = try Tool.run(data.arguments("participant", ["--compare-sessions", "previous"]))
    #expect(outcome.code == 1 && outcome.standardError.contains("comparisons of sessions that failed: 1;"))
    #expect(outcome.results == ["sub-01.html", "sub-02.html"].map { (data.out / $0).path })
    let row = try #require(try TSV(data.out / Self.row).rows.first)
    #expect(row["baseline"] == "sub-01_ses-1" && row["status"] == "failed")
    #expect(row["message"]?.contains("does not tell tissues apart") == true)
    #expect((data.out / "sub-01/ses-2/anat/sub-01_ses-2_label-lesion_mask.nii.gz").exists)
    #expect(!data.out.files.contains { $0.contains("halfway") || $0.hasSuffix("_visits.html") })
    try Tool.succeed(data.arguments("group"))
    #expect(try TSV(data.out / "group_visits.tsv").rows.map { $0["status"] } == ["failed"])
    let page = try (data.out / "group.html").text()
    #expect(page.contains("Sessions without a comparison") && page.contains("does not tell tissues apart"))
  }

  @Test func aFailedVisitIsNamedAndTheOthersStay() throws {
    let scans = ["1", "2"].map { "sub-01/ses-\($0)/anat/sub-01_ses-\($0)_FLAIR.nii.gz" }
    let data = try BIDSDataSet(scans: scans)
    try data.write("not a scan", to: scans[0])
    let outcome = try Tool.run(data.arguments("participant", ["--compare-sessions", "first"]))
    #expect(
      outcome.code == 1
        && outcome.standardError.contains("sub-01_ses-1: not compared: its segmentation failed"))
    #expect((data.out / "sub-01/ses-2/anat/sub-01_ses-2_label-lesion_mask.nii.gz").exists)
    let row = "sub-01/ses-1/anat/sub-01_ses-1_desc-norma_visits.tsv"
    #expect(try TSV(data.out / row).rows.map { $0["message"] } == ["its segmentation failed"])
  }

  @Test func timesDecideTheOrderAndContradictionsAreNamed() throws {
    let data = try BIDSDataSet(scans: Array(BIDSDataSet.usual.prefix(2)))
    try data.write(
      "session_id\tacq_time\nses-1\t1910-03-01T10:00:00\nses-2\t1910-01-30T10:00:00\n",
      to: "sub-01/sub-01_sessions.tsv")
    let outcome = try Tool.run(data.arguments("participant", ["--compare-sessions", "previous"]))
    let warning = "warning: the sessions are in another order by their times than by their names: sub-01"
    #expect(outcome.standardError.contains(warning))
    let row = try #require(
      try TSV(data.out / "sub-01/ses-1/anat/sub-01_ses-1_desc-norma_visits.tsv").rows.first)
    #expect(row["baseline"] == "sub-01_ses-2")
    let group = try Tool.succeed(data.arguments("group"))
    #expect(group.standardError.contains(warning))
    #expect((data.out / "figures/group_desc-time_FLAIR.svg").exists)
    let sessions = try TSV(data.out / "group_sessions.tsv").rows
    #expect(sessions.map { $0["session_id"] } == ["ses-2", "ses-1"])
    #expect(sessions.map { $0["days"] } == ["0.00", "30.00"])
  }

  @Test func theOptionGoesWithTheLevelParticipant() throws {
    let data = try BIDSDataSet()
    let outcome = try Tool.run(data.arguments("group", ["--compare-sessions", "first"]))
    #expect(outcome.code == 64 && outcome.standardError.contains("--compare-sessions goes with participant"))
  }
}
