import _TestSupport
import Foundation
import Testing

/// A cohort in shards, segmented by as many processes into one folder.
@Suite struct ShardTests {
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

  /// Expects the results of `other` in `out`; seconds and the command line of the page may differ.
  private func expectSame(_ out: URL, as other: URL, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let files = out.files.filter { $0 != "shards.json" }
    #expect(files == other.files, sourceLocation: sourceLocation)
    for file in files where file != "report.html" {
      #expect(
        try (out / file).untimed() == (other / file).untimed(), "\(file)", sourceLocation: sourceLocation)
    }
  }

  /// The records of finished cases.
  private func records(_ out: URL) -> [String] {
    out.files.filter { $0.hasSuffix("_desc-norma_record.json") }
  }

  @Test func shardsGiveTheFilesOfASingleRun() throws {
    let folder = try Workplace.folder(), manifest = try Self.manifest(in: folder)
    let one = folder / "one", two = folder / "two", shards = 8
    #expect(try segment(manifest, one).code == 1)

    let running = try (1...shards).map {
      try Tool.start(Self.arguments(manifest, two, ["--shard", "\($0)/\(shards)"]))
    }
    let outcomes = running.map { $0.finish() }
    #expect(outcomes.count { $0.code == 0 } == shards - 1, "the unreadable scan is in one shard")
    for outcome in outcomes {
      #expect(
        outcome.standardOutput.isEmpty
          && outcome.standardError.contains(" of 9 cases, of which 0 were up to date")
      )
    }
    for file in ["cases.tsv", "segmentation.json", "report.html"] { #expect(!(two / file).exists) }
    #expect(two.halfWritten == [])

    let before = try two.written()
    let whole = try segment(manifest, two)
    #expect(whole.code == 1 && whole.results == ["cases.tsv", "report.html"].map { (two / $0).path })
    #expect(whole.standardError.contains("failed: bad: The file is not NIfTI."))
    try expectSame(two, as: one)
    let page = try (two / "report.html").text()
    for row in try TSV(two / "cases.tsv").rows { #expect(page.contains(row["case_id"] ?? "?")) }

    // Only the scan that failed was tried again.
    let after = try two.written()
    #expect(whole.standardError.contains("8 of 9 cases were up to date"))
    #expect(before.filter { after[$0.key] != $0.value }.isEmpty)
  }

  @Test func aRerunMakesOnlyWhatIsMissing() throws {
    let folder = try Workplace.folder(), out = folder / "out", one = folder / "one"
    let scan = folder / "scans/sub-x_FLAIR.nii.gz", other = folder / "scans/sub-y_FLAIR.nii.gz"
    try FileManager.default.createDirectory(at: folder / "scans", withIntermediateDirectories: true)
    for file in [scan, other] { try FileManager.default.copyItem(at: Cohort.patient, to: file) }
    let maps = ["x", "y"].map { out / "sub-\($0)/anat/sub-\($0)_desc-anomaly_FLAIR.nii.gz" }
    let spoilers: [(name: String, spoil: () throws -> Void)] = [
      ("a map is gone", { try FileManager.default.removeItem(at: maps[0]) }),
      (
        "the record is cut short",
        { try Data("{".utf8).write(to: out / "sub-x/anat/sub-x_desc-norma_record.json") }
      ),
      (
        "the pictures are gone",
        { try FileManager.default.removeItem(at: out / "sub-x/anat/sub-x_desc-norma_pictures.json") }
      ),
      (
        "the scan is another",
        {
          try FileManager.default.removeItem(at: scan)
          try FileManager.default.copyItem(
            at: Cohort.folder.get() / "sub-009/anat/sub-009_FLAIR.nii.gz", to: scan)
        }
      ),
    ]
    func segmentShards() throws {
      for shard in ["1/2", "2/2"] { #expect(try segment(folder / "scans", out, "--shard", shard).code == 0) }
    }
    try segmentShards()
    for (name, spoil) in spoilers {
      try spoil()
      let before = try out.written()
      try segmentShards()
      let after = try out.written()
      #expect(after[maps[0].path(below: out)] != before[maps[0].path(below: out)], "\(name)")
      #expect(after[maps[1].path(below: out)] == before[maps[1].path(below: out)], "\(name)")
    }
    #expect(try segment(folder / "scans", out).code == 0 && segment(folder / "scans", one).code == 0)
    try expectSame(out, as: one)
  }

  @Test func aKilledShardGoesOnOverWhatItLeft() throws {
    let folder = try Workplace.folder(), out = folder / "out", one = folder / "one"
    let rows = try (0..<40).map { "p\($0)\t\(try Cohort.patient.path)\n" }
    let manifest = folder / "manifest.tsv"
    try Data(("participant_id\timage\n" + rows.joined()).utf8).write(to: manifest)
    let running = try Tool.start(Self.arguments(manifest, out, ["--shard", "1/2"]))
    let end = Date.now + 60
    while records(out).count < 3 {
      try #require(running.process.isRunning && Date.now < end, "\(running.standardErrorSoFar)")
      Thread.sleep(forTimeInterval: 0.01)
    }
    kill(running.process.processIdentifier, SIGKILL)
    #expect(running.finish().code == -SIGKILL)
    #expect(records(out).count < 20)
    // What a writer leaves that is killed within a file.
    let name = records(out)[0].prefix { $0 != "/" }
    for stale in [
      "\(name)/.\(name)_label-lesion_mask.nii.gz.6F9619FF", ".shards.json.6F9619FF",
      "\(name)/.dat.nosync1",
      "p1/.p1.lock",
    ] {
      let file = out / stale
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("half".utf8).write(to: file)
    }
    let before = try out.written()
    for shard in ["1/2", "2/2"] { #expect(try segment(manifest, out, "--shard", shard).code == 0) }
    let after = try out.written()
    for (file, date) in before where file.hasSuffix("_desc-norma_record.json") {
      #expect(after[file] == date)
    }
    #expect(try segment(manifest, out).code == 0 && segment(manifest, one).code == 0)
    for file in out.halfWritten { try FileManager.default.removeItem(at: out / file) }
    try expectSame(out, as: one)
  }

  /// The first of two shards, then one with other options into the same folder.
  private static func second(_ more: @escaping @Sendable () throws -> [String])
    -> @Sendable (BadInput.Place) throws -> [String]
  {
    { place in
      let manifest = try Cohort.manifest
      try Tool.succeed(arguments(manifest, place.out, ["--shard", "1/9"]))
      return try arguments(manifest, place.out, more())
    }
  }

  static let configurations: [BadInput] = [
    BadInput(
      "another threshold", 73,
      ["with other settings: threshold", "here 99.5", "shards.json", "same options"],
      second { ["--shard", "2/9", "--threshold", "99.5"] }),
    BadInput(
      "another bundle", 73, ["with other settings: bundle "],
      second { ["--shard", "2/9", "--bundle", try Cohort.run("brightness").path + "/bundle"] }),
    BadInput(
      "another map", 73, ["exceedance map no, here yes"], second { ["--shard", "2/9", "--exceedance"] }),
    BadInput("another skull", 73, ["preprocessing"], second { ["--shard", "2/9", "--skull", "absent"] }),
    BadInput("the whole with another threshold", 73, ["threshold"], second { ["--threshold", "99.5"] }),
  ]

  @Test(arguments: configurations)
  func shardsOfUnlikeConfigurationAreRefused(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty)
    #expect(records(place.out).count == 1 && !(place.out / "cases.tsv").exists)
  }

  private static func shard(_ text: String) -> @Sendable (BadInput.Place) throws -> [String] {
    { try arguments(Cohort.manifest, $0.out, ["--shard", text]) }
  }

  @Test(arguments: [
    BadInput("beyond", 64, ["no shard 5 of 4", "--shard", "1/4 to 4/4"], shard("5/4")),
    BadInput("zero", 64, ["no shard 0 of 3", "--shard"], shard("0/3")),
    BadInput("words", 64, ["'a/b' is not a shard", "2/4"], shard("a/b")),
    BadInput("of bids", 64, ["no shard 5 of 4", "--shard"]) { place in
      try BIDSDataSet(in: place.folder).arguments("participant", to: place.out, ["--shard", "5/4"])
    },
    BadInput("of prepare", 64, ["no shard 5 of 4", "--shard"]) { place in
      ["preprocess", "-i", try Cohort.manifest.path, "-o", place.out.path, "--shard", "5/4"]
    },
  ])
  func whatIsNotAShardIsRefused(input: BadInput) throws {
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

  @Test func aTaskOfAnArrayDoesItsShard() throws {
    let manifest = try Cohort.manifest, out = try Workplace.folder()
    func cases() -> Int { records(out).count }
    let task = try segment(manifest, out, environment: Self.array("7", 5...7))
    #expect(task.code == 0 && task.log.first == "shard 3/3, from the Slurm array" && cases() == 3)
    let asked = try segment(manifest, out, "--shard", "2/3", environment: Self.array("7", 5...7))
    #expect(asked.log.first == "shard 2/3, by --shard; the Slurm array says 3/3" && cases() == 6)
    let same = try segment(manifest, out, "--part", "1/3", environment: Self.array("5", 5...7))
    #expect(!same.standardError.contains("Slurm") && cases() == 9)

    // An array of one task, 1/1, and tasks whose work is chosen otherwise do everything.
    for (name, more) in [("alone", []), ("own", ["--shard", "1/1"])] {
      let environment = Self.array("7", name == "alone" ? 7...7 : 5...7)
      let whole = try Tool.run(Self.arguments(manifest, out / name, more), environment: environment)
      #expect(whole.code == 0 && (out / name / "cases.tsv").exists && !(out / name / "shards.json").exists)
    }
    let single = try segment(Cohort.patient, out / "single", environment: Self.array("7", 5...7))
    #expect(single.code == 0 && (out / "single/cases.tsv").exists && !(out / "single/shards.json").exists)
    let data = try BIDSDataSet()
    let labelled = try Tool.run(
      data.arguments("participant", ["--participant-label", "02", "--dry-run"]),
      environment: Self.array("0", 0...7))
    #expect(labelled.results.count == 2)
  }

  /// Task 1 of 30 has none of 9 cases.
  @Test(arguments: ["segment", "preprocess", "bids"])
  func anEmptyShardIsAnErrorUnlessItIsAskedFor(verb: String) throws {
    let out = try Workplace.folder() / "out", data = try BIDSDataSet()
    let arguments =
      switch verb {
      case "segment": try Self.arguments(Cohort.manifest, out)
      case "preprocess": ["preprocess", "-i", try Cohort.manifest.path, "-o", out.path, "--skull", "absent"]
      default: try data.arguments("participant")
      }
    let outcome = try Tool.run(arguments, environment: Self.array("1", 1...30))
    #expect(outcome.code == 64 && outcome.standardOutput.isEmpty && !out.exists)
    for words in ["shard 1/30, from the Slurm array, has none of the", "--shard 1/1", "SLURM_ARRAY_TASK_ID"] {
      #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
    }
    #expect(try Tool.run(arguments + ["--shard", "1/30"], environment: Self.array("1", 1...30)).code == 0)
    #expect(try Tool.run(arguments + ["--part", "1/30"]).code == 0)
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
  func anArrayThatNamesNoShardIsRefused(environment: [String: String], place: String) throws {
    let out = try Workplace.folder() / "out"
    let outcome = try segment(Cohort.manifest, out, environment: environment)
    #expect(outcome.code == 64 && !out.exists)
    expectProblem(in: outcome, words: [place, "--shard"])
    let asked = try segment(Cohort.manifest, out, "--shard", "1/9", environment: environment)
    #expect(asked.code == 0, "--shard needs no array")
  }
}

extension URL {
  /// The path from `folder` to this file, which is below it.
  fileprivate func path(below folder: URL) -> String { String(path.dropFirst(folder.path.count + 1)) }
}
