import Foundation
import Testing
import Volumes

@testable import Norma

/// The viewer as a command, and the thresholds that it saves.
@Suite struct ViewTests {
  /// Results of two scans at the bundle's threshold.
  private static let segmented = Result {
    let folder = try Workplace.folder()
    for name in ["sub-01_FLAIR.nii.gz", "sub-02_FLAIR.nii.gz"] {
      try FileManager.default.copyItem(at: Cohort.patient, to: folder / name)
    }
    try Tool.succeed(segment(folder))
    return folder
  }

  private static func segment(
    _ folder: URL, into out: String = "out", _ more: [String] = []
  ) throws -> [String] {
    [
      "segment", "-i", folder.path, "-o", (folder / out).path, "--bundle", try Cohort.bundle.path,
      "--threads",
      "1",
    ] + more
  }

  /// Starts a viewer and waits for its address.
  private func view(_ folder: URL, _ more: [String] = []) throws -> (running: Tool.Running, address: String) {
    let running = try Tool.start(["view", folder.path, "--no-browser", "--rater", "anna"] + more)
    let end = Date.now + 60
    while true {
      let text = try running.output.text()
      if text.hasSuffix("\n") { return (running, text.trimmingCharacters(in: .whitespacesAndNewlines)) }
      try #require(running.process.isRunning && Date.now < end, "\(running.standardErrorSoFar)")
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalEndsItInGoodOrder(signal: Int32) throws {
    let folder = try Self.segmented.get() / "out"
    let (running, address) = try view(folder)
    #expect(address.hasPrefix("http://127.0.0.1:") && address.contains("/?token="))
    kill(running.process.processIdentifier, signal)
    let outcome = running.finish()
    #expect(outcome.code == 0 && outcome.results == [address], "\(outcome.standardError)")
    #expect(
      outcome.standardError.contains("2 cases; reviews go to \(folder.path)/review/rater-anna_review.tsv"))
    #expect(!(folder / "review").exists)
  }

  @Test(arguments: [
    BadInput("no folder", 66, ["no results", "/nowhere", "norma segment"]) {
      ["view", ($0.folder / "nowhere").path, "--no-browser"]
    },
    BadInput("a folder without results", 66, ["no results", "norma bids"]) {
      ["view", $0.folder.path, "--no-browser"]
    },
    BadInput("a table that is none", 65, ["cannot be read", "cases.tsv"]) { place in
      try Data("a\tb\nc\n".utf8).write(to: place.folder / "cases.tsv")
      return ["view", place.folder.path, "--no-browser"]
    },
    BadInput("a rater who makes no file name", 64, ["'../x'", "--rater"]) { _ in
      ["view", try (segmented.get() / "out").path, "--no-browser", "--rater", "../x"]
    },
    BadInput("a bundle that is not there", 66, ["no bundle 'nowhere'"]) { _ in
      ["view", try (segmented.get() / "out").path, "--no-browser", "--bundle", "nowhere"]
    },
  ])
  func whatCannotBeShownIsRefused(input: BadInput) throws {
    #expect(try input.check().outcome.standardOutput.isEmpty)
  }

  @Test func aTakenPortIsRefused() throws {
    let folder = try Self.segmented.get() / "out"
    let (running, address) = try view(folder)
    defer { running.process.terminate() }
    let port = try #require(URLComponents(string: address)?.port)
    try BadInput("a taken port", 73, ["127.0.0.1:\(port)", "--port"]) { _ in
      ["view", folder.path, "--no-browser", "--port", "\(port)"]
    }.check()
  }

  @Test func resultsOfBIDSAreFoundWithTheirScans() throws {
    let data = try BIDSDataSet()
    try Tool.succeed(data.arguments("participant"))
    try Tool.succeed(data.arguments("group"))
    let lost = data.out / "sub-02/anat/sub-02_acq-3d_run-2_desc-norma_cases.tsv"
    try FileManager.default.removeItem(at: lost)
    let results = try ResultFolder(contentsOf: data.out)
    #expect(
      results.cases.map(\.id)
        == ["sub-01_ses-1", "sub-01_ses-2", "sub-02_acq-3d_run-1", "sub-03", "sub-02_acq-3d_run-2"])
    #expect(results.cases.map(\.status) == ["ok", "ok", "ok", "skipped", "ok"])
    let scan = results.cases[0]
    #expect(scan.image?.path == (data.raw / "sub-01/ses-1/anat/sub-01_ses-1_FLAIR.nii.gz").path)
    for file in [scan.image, scan.anomalyMap, scan.mask, scan.brainMask, scan.lesionTable] {
      #expect(file?.exists == true)
    }
    #expect(scan.threshold != nil && results.bundleName == "normative")
    #expect(results.healthyCurve().isEmpty, "a bundle of one's own has to be given")
    let bundle = try ModelBundle(contentsOf: Cohort.bundle)
    #expect(results.healthyCurve(of: bundle) == bundle.description.calibration.curve)
  }

  @Test func aTableOfThresholdsSetsEachMask() throws {
    let folder = try Self.segmented.get(), table = try Workplace.folder() / "thresholds.tsv"
    func results(_ rows: [String: String]) throws -> (ResultFolder, masks: [Mask]) {
      let text = rows.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }.joined()
      try Data(("case_id\tthreshold\n" + text).utf8).write(to: table)
      let out = "out-\(UUID().uuidString)"
      try Tool.succeed(Self.segment(folder, into: out, ["--threshold", table.path]))
      let results = try ResultFolder(contentsOf: folder / out)
      return (results, try results.cases.map { try NIfTI.readMask(#require($0.mask)) })
    }
    let usual = try ResultFolder(contentsOf: folder / "out")
    let threshold = try #require(usual.record?.threshold)
    #expect(
      usual.healthyCurve() == (try ModelBundle(contentsOf: Cohort.bundle)).description.calibration.curve)

    let (one, masks) = try results(["sub-02": "\(1.2 * threshold)", "sub-99": "1"])
    #expect(one.cases.map(\.threshold) == [threshold, 1.2 * threshold])
    #expect(one.record?.threshold == threshold && one.record?.thresholdFrom == .fpr)
    #expect(masks[1].count > 0 && masks[1].count < masks[0].count)
    let map = try NIfTI.read(#require(one.cases[1].anomalyMap))
    #expect(zip(map.voxels, masks[1].voxels).allSatisfy { $1 == 0 || $0 > Float(1.2 * threshold) })

    let (all, _) = try results(["sub-01": "3", "*": "2.5"])
    #expect(all.cases.map(\.threshold) == [3, 2.5])
    #expect(all.record?.threshold == 2.5 && all.record?.thresholdFrom == nil)
  }

  static func table(_ text: String) -> @Sendable (BadInput.Place) throws -> [String] {
    { place in
      try Data(text.utf8).write(to: place.folder / "table.tsv")
      return try place.segment(Cohort.patient, ["--threshold", (place.folder / "table.tsv").path])
    }
  }

  @Test(arguments: [
    BadInput("a table that is not there", 66, ["cannot be read", "nowhere.tsv", "number"]) {
      try $0.segment(Cohort.patient, ["--threshold", "nowhere.tsv"])
    },
    BadInput("no table of thresholds", 65, ["not a table of thresholds", "case_id"], table("a\tb\n1\t2\n")),
    BadInput(
      "no number", 65, ["not a table of thresholds", "0 or more"], table("case_id\tthreshold\nx\thigh\n")),
    BadInput(
      "below 0", 65, ["not a table of thresholds", "0 or more"], table("case_id\tthreshold\nx\t-1\n")),
    BadInput("other cases", 65, ["none of these cases", "*"], table("case_id\tthreshold\nx\t1\n")),
  ])
  func aTableThatCannotBeMeantIsRefused(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }
}
