import _TestSupport
import Foundation
import Testing

/// Several runs into one folder.
@Suite struct AccumulationTests {
  private func segment(_ scan: URL, _ out: URL, _ more: [String] = []) throws -> Outcome {
    try Tool.succeed(
      ["segment", "-i", scan.path, "-o", out.path, "--threads", "1"]
        + (more.contains("--bundle") ? more : ["--bundle", Cohort.bundle.path] + more))
  }

  /// The scans of three people in a folder.
  private func scans() throws -> [URL] {
    let folder = try Workplace.folder()
    return try ["a", "b", "c"].map { name in
      let scan = folder / "scans/\(name)_FLAIR.nii.gz"
      try FileManager.default.createDirectory(at: folder / "scans", withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Cohort.patient, to: scan)
      return scan
    }
  }

  @Test func aLoopOfTheShellKeepsEveryRowAndItsSettings() throws {
    let scans = try scans(), out = try Workplace.folder() / "out"
    for scan in scans { _ = try segment(scan, out, scan == scans[1] ? ["--threshold", "2.5"] : []) }
    var rows = try TSV(out / "cases.tsv").rows
    #expect(
      rows.map { $0["case_id"] } == ["a", "b", "c"] && rows.map { $0["status"] } == ["ok", "ok", "ok"])
    #expect(rows.map { $0["bundle"] } == ["normative", "normative", "normative"])
    #expect(rows[1]["threshold"] == "2.5" && rows[0]["threshold"] == rows[2]["threshold"])
    let page = try (out / "report.html").text()
    for words in ["3 cases, 0 failed", "several settings", "above 2.5"] {
      #expect(page.contains(words), "\(words)")
    }

    // A case that is done again replaces its row.
    _ = try segment(scans[1], out)
    rows = try TSV(out / "cases.tsv").rows
    #expect(rows.map { $0["case_id"] } == ["a", "b", "c"] && Set(rows.map { $0["threshold"] }).count == 1)
    #expect(try !(out / "report.html").text().contains("several settings"))
  }

  @Test func processesAtTheSameTimeKeepEveryRow() throws {
    let scans = try scans(), out = try Workplace.folder() / "out"
    let running = try scans.map {
      try Tool.start([
        "segment", "-i", $0.path, "-o", out.path, "--bundle", Cohort.bundle.path, "--threads", "1",
      ])
    }
    #expect(running.map { $0.finish().code } == [0, 0, 0])
    #expect(try Set(TSV(out / "cases.tsv").rows.map { $0["case_id"] }) == ["a", "b", "c"])
  }

  @Test func mapsOfSeveralBundlesAreNotEvaluatedTogether() throws {
    let out = try Workplace.folder() / "out", cohort = try Cohort.folder.get()
    let patients = [8, 9].map { cohort / "sub-00\($0)/anat/sub-00\($0)_FLAIR.nii.gz" }
    _ = try segment(patients[0], out)
    _ = try segment(patients[1], out, ["--bundle", (Cohort.run("brightness") / "bundle").path])
    let input = BadInput("several bundles", 65, ["several bundles: brightness, normative", "/out"]) { place in
      try ["evaluate", "--predictions", out.path, "--data", Cohort.manifest.path, "-o", place.out.path]
    }
    try input.check()
    #expect(try (out / "report.html").text().contains("several settings"))
  }

  /// Scans that are known to be brain need no weights.
  private func preprocess(_ scan: URL, _ out: URL, _ more: [String] = []) throws -> Outcome {
    try Tool.run(
      [
        "preprocess", "-i", scan.path, "-o", out.path, "--skull", "absent", "--threads", "1", "--set",
        "preprocessing.registers=false", "--set", "preprocessing.correctsBias=false",
      ] + more)
  }

  @Test func preprocessedScansAddUpUnlessTheirSettingsDiffer() throws {
    let scans = try scans(), out = try Workplace.folder() / "out"
    for scan in scans.prefix(2) { #expect(try preprocess(scan, out).code == 0) }
    for table in ["cases.tsv", "manifest.tsv"] {
      #expect(try TSV(out / table).rows.map { $0["case_id"] ?? $0["participant_id"] } == ["a", "b"])
    }
    let other = ["--set", "preprocessing.denoisingIterations=1"]
    let outcome = try preprocess(scans[2], out, other)
    #expect(outcome.code == 73)
    expectProblem(in: outcome, words: ["other settings", "'a'", "preprocessing.json", "another folder"])
    #expect(try TSV(out / "manifest.tsv").rows.count == 2)
    // All of them at once may change.
    #expect(try preprocess(scans[0].deletingLastPathComponent(), out, other).code == 0)
    #expect(try TSV(out / "manifest.tsv").rows.count == 3)
  }

  /// The results are below the scans, and a second run finds the same scan alone.
  @Test func resultsAmongTheScansAreNotSegmented() throws {
    let folder = try scans()[0].deletingLastPathComponent()
    for name in ["b", "c"] { try FileManager.default.removeItem(at: folder / "\(name)_FLAIR.nii.gz") }
    for _ in 0..<2 {
      _ = try segment(folder, folder / "results")
      #expect(try TSV(folder / "results/cases.tsv").rows.map { $0["case_id"] } == ["a"])
    }
    #expect(try preprocess(folder, folder / "prepared").code == 0)
    let input = BadInput("prepared scans", 66, ["only files that Norma wrote", "prepared/manifest.tsv"]) {
      place in
      try place.segment(folder / "prepared")
    }
    try input.check()
  }

  @Test func theLogSaysWhatIsBeingDoneBeforeACaseEnds() throws {
    let scans = try scans(), out = try Workplace.folder() / "out"
    let log = try segment(scans[0].deletingLastPathComponent(), out).log
    let step = try #require(log.firstIndex { $0.hasPrefix("a (1 of 3): ") })
    let done = try #require(log.firstIndex { $0.hasPrefix("a  regions=") })
    #expect(step < done && log.filter { $0.contains(" of 3): ") }.count == 1, "\(log)")
  }
}
