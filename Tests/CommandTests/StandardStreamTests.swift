import _TestSupport
import Foundation
import Testing

/// Streams that are full, closed or without a reader, and limits on the size of files.
@Suite struct StandardStreamTests {
  /// Runs the command with its streams as a shell redirects them.
  private func run(_ arguments: [String], _ redirection: String) throws -> Outcome {
    try Tool.start(arguments, launcher: ["/bin/bash", "-c", "exec \"$0\" \"$@\" \(redirection)"]).finish()
  }

  private func segment(into out: URL) throws -> [String] {
    try [
      "segment", "-i", Cohort.manifest.path, "--split", "test", "-o", out.path, "--bundle",
      Cohort.bundle.path,
      "--threads", "1",
    ]
  }

  @Test(arguments: ["2>/dev/full", "2>&-", "2> >(exec true)", "2>&- <&-"])
  func aLogThatCannotBeWrittenCostsNothing(redirection: String) throws {
    let out = try Workplace.folder() / "out"
    let outcome = try run(segment(into: out), redirection)
    #expect(outcome.code == 0 && outcome.results == [(out / "cases.tsv").path, (out / "report.html").path])
    #expect(try TSV(out / "cases.tsv").rows.map { $0["status"] } == ["ok", "ok"])
    // No line of the log went into a file.
    for file in out.files where file.hasSuffix(".nii.gz") {
      #expect(try Data(contentsOf: out / file).starts(with: [0x1F, 0x8B]))
    }
  }

  @Test(arguments: [
    (">/dev/full", "No space left on device"), (">&-", "Bad file descriptor"), ("> >(exec true)", ""),
    (">/dev/full 2>&1", ""), (">&- 2>&-", ""),
  ])
  func resultsThatCannotBePrintedAreAnError(redirection: String, words: String) throws {
    let out = try Workplace.folder() / "out"
    let outcome = try run(segment(into: out), redirection)
    #expect(outcome.code == 74 && (out / "report.html").exists)
    #expect(words.isEmpty || outcome.standardError.contains(words), "\(outcome.standardError)")
  }

  @Test(arguments: [
    ["--help"], ["--version"], ["help", "segment"], ["presets"], ["bundle", "list"], ["runs", "list"],
    ["presets", "--json"],
  ])
  func everyOutputIsChecked(arguments: [String]) throws {
    #expect(try run(arguments, ">/dev/full").code == 74)
    #expect(try run(arguments, ">/dev/null").code == 0)
  }

  /// Blocks of 1 KiB: too few for a map, enough for the table.
  @Test func aFileThatIsTooLargeForALimitFailsAlone() throws {
    let out = try Workplace.folder() / "out"
    let outcome = try Tool.start(
      segment(into: out), launcher: ["/bin/bash", "-c", "ulimit -f 2; exec \"$0\" \"$@\""]
    ).finish()
    let rows = try TSV(out / "cases.tsv").rows
    #expect(rows.map { $0["status"] } == ["failed", "failed"])
    #expect(rows[0]["message"]?.contains("File too large") == true)
    #expect(outcome.code == 74 && outcome.standardError.contains("File too large") && out.halfWritten == [])
  }
}
