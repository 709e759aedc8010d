import Foundation
import Testing

/// The BIDS App by several processes at once.
@Suite struct BIDSShardTests {
  private static let scans =
    BIDSDataSet.usual + (10..<16).map { "sub-\($0)/anat/sub-\($0)_FLAIR.nii.gz" }

  private func expectSame(_ out: URL, as other: URL, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let files = out.files.filter { $0 != "shards.json" }
    #expect(files == other.files && files.count > 60, sourceLocation: sourceLocation)
    for file in files {
      #expect(
        try Data(contentsOf: out / file) == Data(contentsOf: other / file), "\(file)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func shardsGiveTheBytesOfASingleRunThoughOneIsKilled() throws {
    let data = try BIDSDataSet(scans: Self.scans), one = data.folder / "one", two = data.folder / "two"
    let shards = ["1/3", "2/3", "3/3"]
    let planned = try shards.map {
      try Tool.succeed(data.arguments("participant", to: two, ["--shard", $0, "--dry-run"]))
    }
    #expect(planned.flatMap(\.results).count == 11 && !two.exists)
    #expect(Set(planned.flatMap(\.results).map { $0.prefix { $0 != "\t" } }).count == 11)

    let running = try shards.map { try Tool.start(data.arguments("participant", to: two, ["--shard", $0])) }
    let end = Date.now + 60
    while !two.files.contains(where: { $0.hasSuffix("_cases.tsv") }) {
      try #require(Date.now < end, "\(running.map(\.standardErrorSoFar))")
      Thread.sleep(forTimeInterval: 0.01)
    }
    kill(running[1].process.processIdentifier, SIGKILL)
    #expect(running.map { $0.finish().code } == [0, -SIGKILL, 0])
    #expect(try Tool.run(data.arguments("group", to: two)).code == 1)
    try Tool.succeed(data.arguments("participant", to: two, ["--shard", "2/3"]))
    try Tool.succeed(data.arguments("group", to: two))

    for level in ["participant", "group"] { try Tool.succeed(data.arguments(level, to: one)) }
    for file in two.halfWritten where file != ".bidsignore" {
      try FileManager.default.removeItem(at: two / file)
    }
    try expectSame(two, as: one)
  }

  @Test func eightProcessesThatDoEverythingLeaveTheFilesOfOne() throws {
    let data = try BIDSDataSet(scans: Self.scans), one = data.folder / "one", eight = data.folder / "eight"
    let running = try (0..<8).map { _ in try Tool.start(data.arguments("participant", to: eight)) }
    for process in running {
      let outcome = process.finish()
      #expect(outcome.code == 0, "\(outcome.standardError)")
    }
    #expect(eight.halfWritten == [".bidsignore"])
    for (out, levels) in [(eight, ["group"]), (one, ["participant", "group"])] {
      for level in levels { try Tool.succeed(data.arguments(level, to: out)) }
    }
    try expectSame(eight, as: one)
  }

  @Test func moreShardsThanParticipantsAreEmpty() throws {
    let data = try BIDSDataSet()
    let outcomes = try (1...8).map {
      try Tool.succeed(data.arguments("participant", ["--shard", "\($0)/8"]))
    }
    #expect(outcomes.flatMap(\.results).count == 2)
    #expect(outcomes.count { $0.standardError.contains("0 of 3 participants") } == 5)
    try Tool.succeed(data.arguments("group"))
  }

  /// Options of participant 02, where 01 has the usual ones, and words of the refusal.
  static let unlike: [(options: @Sendable () throws -> [String], words: [String])] = [
    (
      { ["--bundle", try Cohort.run("brightness").path + "/bundle"] },
      ["segmented in 2 ways (bundle ", "in 2, such as sub-02_acq-3d_run-1", "same options for all"]
    ),
    ({ ["--threshold", "99.5"] }, ["in 2 ways (threshold ", "threshold 99.5 in 2, such as sub-02"]),
    ({ ["--skull", "absent"] }, ["in 2 ways (preprocessing "]),
  ]

  @Test(arguments: unlike.indices)
  func aGroupOfUnlikeScansIsRefused(index: Int) throws {
    let (options, words) = Self.unlike[index], data = try BIDSDataSet()
    try Tool.succeed(data.arguments("participant", ["--participant-label", "01"]))
    try Tool.succeed(data.arguments("participant", ["--participant-label", "02"] + options()))
    let outcome = try Tool.run(data.arguments("group"))
    #expect(outcome.code == 65)
    expectProblem(in: outcome, words: words)
    #expect(!data.out.files.contains { $0.hasPrefix("group") })
    // What differs is made again.
    try Tool.succeed(data.arguments("participant"))
    try Tool.succeed(data.arguments("group"))
  }

  @Test func aThresholdOfItsOwnDoesNotMakeAGroupUnlike() throws {
    let data = try BIDSDataSet(), table = data.folder / "own.tsv"
    try Tool.succeed(data.arguments("participant"))
    try Data("case_id\tthreshold\nsub-02_acq-3d_run-1\t99.5\n".utf8).write(to: table)
    try Tool.succeed(data.arguments("participant", ["--threshold", table.path]))
    try Tool.succeed(data.arguments("group"))
    let rows = try String(contentsOf: data.out / "group_lesions.tsv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count { $0.contains("99.5") } == 1)
    let page = try String(contentsOf: data.out / "group.html", encoding: .utf8)
    #expect(page.contains("segmented with several settings"))
  }

  @Test func shardsOfUnlikeConfigurationAreRefused() throws {
    let data = try BIDSDataSet()
    try Tool.succeed(data.arguments("participant", ["--shard", "1/2"]))
    let before = data.out.files
    for (options, words) in Self.unlike {
      for shard in [["--shard", "2/2"], []] {
        let outcome = try Tool.run(data.arguments("participant", shard + options()))
        #expect(outcome.code == 73 && outcome.standardOutput.isEmpty && data.out.files == before)
        let name = words[0].split(separator: "(").last.map(String.init) ?? ""
        expectProblem(in: outcome, words: ["with other settings: \(name)", "shards.json", "same options"])
      }
    }
  }

  @Test func aGroupHasNoShards() throws {
    let outcome = try Tool.run(BIDSDataSet().arguments("group", ["--shard", "1/2"]))
    #expect(outcome.code == 64 && outcome.standardError.contains("--shard goes with participant"))
  }
}
