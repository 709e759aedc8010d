import _TestSupport
import Foundation
import Testing
import Volumes

/// A cohort in parts, segmented by as many processes into one folder.
@Suite struct PartTests {
  /// Nine people, the last of whom has no readable scan.
  private static func manifest(in folder: URL) throws -> URL {
    let place = try TSV(Cohort.manifest).rows.dropLast().map { row in
      "\(row["participant_id"] ?? "")\t\(try Cohort.folder.get().appendingPathComponent(row["image"] ?? "").path)\n"
    }
    let bad = folder / "bad.nii.gz", file = folder / "manifest.tsv"
    try Data("no scan".utf8).write(to: bad)
    try Data(("participant_id\timage\n" + place.joined() + "bad\t\(bad.path)\n").utf8).write(to: file)
    return file
  }

  private static func arguments(_ input: URL, _ out: URL, _ more: [String] = []) throws -> [String] {
    ["segment", "-i", input.path, "-o", out.path, "--bundle", try Cohort.bundle.path, "--threads", "1"] + more
  }

  private func segment(
    _ input: URL, _ out: URL, _ more: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try Tool.run(Self.arguments(input, out, more), environment: environment)
  }

  /// `cases.tsv` but for the seconds.
  private func table(_ out: URL) throws -> [String] {
    let seconds = try #require(try TSV(out / "cases.tsv").columns.firstIndex(of: "seconds"))
    return try (out / "cases.tsv").text().split(separator: "\n").map {
      var cells = $0.split(separator: "\t", omittingEmptySubsequences: false)
      cells.remove(at: seconds)
      return cells.joined(separator: "\t")
    }
  }

  /// Expects the results of `other` in `out`; seconds and the date of the page may differ.
  private func expectSame(_ out: URL, as other: URL, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let files = out.files.filter { !$0.hasPrefix("parts/") }
    #expect(files == other.files, sourceLocation: sourceLocation)
    for file in files where !["cases.tsv", "report.html"].contains(file) {
      #expect(
        try Data(contentsOf: out / file) == Data(contentsOf: other / file), "\(file)",
        sourceLocation: sourceLocation)
    }
    #expect(try table(out) == table(other), sourceLocation: sourceLocation)
  }

  private func written(_ out: URL) throws -> [String: Date] {
    try Dictionary(
      uniqueKeysWithValues: out.files.map { file in
        let attributes = try FileManager.default.attributesOfItem(atPath: (out / file).path)
        return (file, try #require(attributes[.modificationDate] as? Date))
      })
  }

  @Test func partsGiveTheFilesOfASingleRun() throws {
    let folder = try Workplace.folder(), manifest = try Self.manifest(in: folder)
    let one = folder / "one", two = folder / "two", parts = 8
    #expect(try segment(manifest, one).code == 1)

    let running = try (1...parts).map {
      try Tool.start(Self.arguments(manifest, two, ["--part", "\($0)/\(parts)"]))
    }
    let outcomes = running.map { $0.finish() }
    #expect(outcomes.count { $0.code == 0 } == parts - 1, "the unreadable scan is in one part")
    for outcome in outcomes {
      #expect(
        outcome.standardOutput.isEmpty && outcome.standardError.contains(" of 9 cases, of which 0 were there")
      )
    }
    for file in ["cases.tsv", "segmentation.json", "report.html"] { #expect(!(two / file).exists) }
    #expect(two.halfWritten == [])

    let before = try written(two)
    let whole = try segment(manifest, two)
    #expect(whole.code == 1 && whole.results == ["cases.tsv", "report.html"].map { (two / $0).path })
    #expect(whole.standardError.contains("failed: bad: The file is not NIfTI."))
    try expectSame(two, as: one)
    let page = try (two / "report.html").text()
    for row in try TSV(two / "cases.tsv").rows { #expect(page.contains(row["case_id"] ?? "?")) }

    // Only the scan that failed was tried again.
    let after = try written(two)
    #expect(before.filter { after[$0.key] != $0.value }.map(\.key) == ["parts/cases/bad.json"])
  }

  @Test func aRerunMakesOnlyWhatIsMissing() throws {
    let folder = try Workplace.folder(), out = folder / "out", one = folder / "one"
    let scan = folder / "scans/sub-x_FLAIR.nii.gz", other = folder / "scans/sub-y_FLAIR.nii.gz"
    try FileManager.default.createDirectory(at: folder / "scans", withIntermediateDirectories: true)
    for file in [scan, other] { try FileManager.default.copyItem(at: Cohort.patient, to: file) }
    let maps = ["x", "y"].map { out / "sub-\($0)/anat/sub-\($0)_desc-anomaly_FLAIR.nii.gz" }
    let spoilers: [(name: String, spoil: () throws -> Void)] = [
      ("a map is gone", { try FileManager.default.removeItem(at: maps[0]) }),
      ("what was kept is cut short", { try Data("{".utf8).write(to: out / "parts/cases/sub-x.json") }),
      (
        "the scan is another",
        {
          try FileManager.default.removeItem(at: scan)
          try FileManager.default.copyItem(
            at: Cohort.folder.get() / "sub-009/anat/sub-009_FLAIR.nii.gz", to: scan)
        }
      ),
    ]
    func segmentParts() throws {
      for part in ["1/2", "2/2"] { #expect(try segment(folder / "scans", out, "--part", part).code == 0) }
    }
    try segmentParts()
    for (name, spoil) in spoilers {
      try spoil()
      let before = try written(out)
      try segmentParts()
      let after = try written(out)
      #expect(after[maps[0].path(below: out)] != before[maps[0].path(below: out)], "\(name)")
      #expect(after[maps[1].path(below: out)] == before[maps[1].path(below: out)], "\(name)")
    }
    #expect(try segment(folder / "scans", out).code == 0 && segment(folder / "scans", one).code == 0)
    try expectSame(out, as: one)
  }

  @Test func aKilledPartGoesOnOverWhatItLeft() throws {
    let folder = try Workplace.folder(), out = folder / "out", one = folder / "one"
    let rows = try (0..<40).map { "p\($0)\t\(try Cohort.patient.path)\n" }
    let manifest = folder / "manifest.tsv"
    try Data(("participant_id\timage\n" + rows.joined()).utf8).write(to: manifest)
    let running = try Tool.start(Self.arguments(manifest, out, ["--part", "1/2"]))
    let end = Date.now + 60
    func kept() -> [String] { (out / "parts/cases").files.filter { $0.hasPrefix("p") } }
    while kept().count < 3 {
      try #require(running.process.isRunning && Date.now < end, "\(running.standardErrorSoFar)")
      Thread.sleep(forTimeInterval: 0.01)
    }
    kill(running.process.processIdentifier, SIGKILL)
    #expect(running.finish().code == -SIGKILL)
    #expect(kept().count < 20)
    // What a writer leaves that is killed within a file.
    let name = kept()[0].dropLast(".json".count)
    for stale in [
      "\(name)/.\(name)_label-lesion_mask.nii.gz.6F9619FF", "parts/.cohort.json.6F9619FF",
      "parts/cases/.dat.nosync1",
      "p1/.p1.lock",
    ] {
      let file = out / stale
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("half".utf8).write(to: file)
    }
    let before = try written(out)
    for part in ["1/2", "2/2"] { #expect(try segment(manifest, out, "--part", part).code == 0) }
    let after = try written(out)
    for (file, date) in before where file.hasPrefix("parts/cases/p") { #expect(after[file] == date) }
    #expect(try segment(manifest, out).code == 0 && segment(manifest, one).code == 0)
    for file in out.halfWritten { try FileManager.default.removeItem(at: out / file) }
    try expectSame(out, as: one)
  }

  /// The first of two parts, then one with other options into the same folder.
  private static func second(_ more: @escaping @Sendable () throws -> [String])
    -> @Sendable (BadInput.Place) throws -> [String]
  {
    { place in
      let manifest = try Cohort.manifest
      try Tool.succeed(arguments(manifest, place.out, ["--part", "1/9"]))
      return try arguments(manifest, place.out, more())
    }
  }

  static let configurations: [BadInput] = [
    BadInput(
      "another threshold", 73,
      ["made otherwise: threshold", "here 99.5", "parts/cohort.json", "same options"],
      second { ["--part", "2/9", "--threshold", "99.5"] }),
    BadInput(
      "another bundle", 73, ["made otherwise: bundle "],
      second { ["--part", "2/9", "--bundle", try Cohort.run("brightness").path + "/bundle"] }),
    BadInput(
      "another map", 73, ["exceedance map no, here yes"], second { ["--part", "2/9", "--exceedance"] }),
    BadInput("another skull", 73, ["preprocessing"], second { ["--part", "2/9", "--skull", "absent"] }),
    BadInput("the whole with another threshold", 73, ["threshold"], second { ["--threshold", "99.5"] }),
  ]

  @Test(arguments: configurations)
  func partsOfUnlikeConfigurationAreRefused(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty)
    #expect((place.out / "parts/cases").files.count == 1 && !(place.out / "cases.tsv").exists)
  }

  private static func part(_ text: String) -> @Sendable (BadInput.Place) throws -> [String] {
    { try arguments(Cohort.manifest, $0.out, ["--part", text]) }
  }

  @Test(arguments: [
    BadInput("beyond", 64, ["no part 5 of 4", "--part", "1/4 to 4/4"], part("5/4")),
    BadInput("zero", 64, ["no part 0 of 3", "--part"], part("0/3")),
    BadInput("words", 64, ["'a/b' is no part", "2/4"], part("a/b")),
    BadInput("of bids", 64, ["no part 5 of 4", "--part"]) { place in
      try BIDSDataSet(in: place.folder).arguments("participant", to: place.out, ["--part", "5/4"])
    },
    BadInput("of prepare", 64, ["no part 5 of 4", "--part"]) { place in
      ["prepare", "-i", try Cohort.manifest.path, "-o", place.out.path, "--part", "5/4"]
    },
  ])
  func whatIsNoPartIsRefused(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  // MARK: - Slurm

  private static func array(_ id: String, _ range: ClosedRange<Int>, count: Int? = nil) -> [String: String] {
    [
      "SLURM_ARRAY_TASK_ID": id, "SLURM_ARRAY_TASK_MIN": "\(range.lowerBound)",
      "SLURM_ARRAY_TASK_MAX": "\(range.upperBound)", "SLURM_ARRAY_TASK_COUNT": "\(count ?? range.count)",
    ]
  }

  @Test func aTaskOfAnArrayDoesItsPart() throws {
    let manifest = try Cohort.manifest, out = try Workplace.folder()
    func cases() -> Int { (out / "parts/cases").files.count }
    let task = try segment(manifest, out, environment: Self.array("7", 5...7))
    #expect(task.code == 0 && task.log.first == "part 3/3, from the Slurm array" && cases() == 3)
    let asked = try segment(manifest, out, "--part", "2/3", environment: Self.array("7", 5...7))
    #expect(asked.log.first == "part 2/3, by --part; the Slurm array says 3/3" && cases() == 6)
    let same = try segment(manifest, out, "--part", "1/3", environment: Self.array("5", 5...7))
    #expect(!same.standardError.contains("Slurm") && cases() == 9)

    // Of one task, and where that is said, everything is done; and where what each task does is chosen already.
    for (name, more) in [("alone", []), ("own", ["--part", "1/1"])] {
      let environment = Self.array("7", name == "alone" ? 7...7 : 5...7)
      let whole = try Tool.run(Self.arguments(manifest, out / name, more), environment: environment)
      #expect(whole.code == 0 && (out / name / "cases.tsv").exists && !(out / name / "parts").exists)
    }
    let single = try segment(Cohort.patient, out / "single", environment: Self.array("7", 5...7))
    #expect(single.code == 0 && (out / "single/cases.tsv").exists && !(out / "single/parts").exists)
    let data = try BIDSDataSet()
    let labelled = try Tool.run(
      data.arguments("participant", ["--participant-label", "02", "--dry-run"]),
      environment: Self.array("0", 0...7))
    #expect(labelled.results.count == 2)
  }

  static let arrays: [(environment: [String: String], place: String)] = [
    (["SLURM_ARRAY_TASK_ID": "3"], "SLURM_ARRAY_TASK_MIN"),
    (array("three", 0...3), "SLURM_ARRAY_TASK_ID"),
    // A resubmission of some: --array=1,5.
    (array("5", 1...5, count: 2), "SLURM_ARRAY_TASK_ID"),
    (array("9", 0...3), "SLURM_ARRAY_TASK_ID"),
    (array("0", 0...3, count: 0), "SLURM_ARRAY_TASK_ID"),
  ]

  @Test(arguments: arrays)
  func anArrayThatSaysNoPartIsRefused(environment: [String: String], place: String) throws {
    let out = try Workplace.folder() / "out"
    let outcome = try segment(Cohort.manifest, out, environment: environment)
    #expect(outcome.code == 64 && !out.exists)
    expectProblem(in: outcome, words: [place, "--part"])
    let asked = try segment(Cohort.manifest, out, "--part", "1/9", environment: environment)
    #expect(asked.code == 0, "--part needs no array")
  }
}

extension URL {
  /// The way from `folder` to this file, which lies below it.
  fileprivate func path(below folder: URL) -> String { String(path.dropFirst(folder.path.count + 1)) }
}
