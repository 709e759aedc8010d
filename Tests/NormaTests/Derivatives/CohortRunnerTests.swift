import _TestSupport
import Foundation
import Testing

@testable import Base
import Cohort

/// Writes a file `NAME.txt` per case; `NAME.old` is a file of an earlier version.
private struct CopyStep: CaseStep {
  struct Copy: Equatable {
    let name: String
    var hasFailed = false
  }

  let output: URL
  let text: String
  var failing: Set<String> = []
  /// The case at which the disk is full.
  var fullAt: String?
  /// Gets each case that is processed and the next ones.
  var onCase: (String, [String]) -> Void = { _, _ in }

  func completed(_ name: String) -> Copy? {
    (try? String(contentsOf: file(name), encoding: .utf8)) == text ? Copy(name: name) : nil
  }

  func files(of name: String) -> [URL] { [file(name), output.appendingPathComponent("\(name).old")] }

  func process(_ name: String, before next: [String]) throws -> Copy {
    onCase(name, next)
    if name == fullAt { throw Problem(.inputOutput, "no space", at: name, advice: "make room") }
    guard !failing.contains(name) else { return Copy(name: name, hasFailed: true) }
    try AtomicFile.write(text, to: file(name))
    return Copy(name: name)
  }

  func file(_ name: String) -> URL { output.appendingPathComponent("\(name).txt") }
}

@Suite struct CohortRunnerTests {
  private static let names = ["a", "b", "c"]

  /// The outcome of a run: the kept cases, the listed ones, and the error that stopped it.
  private struct Run {
    var kept: [String] = []
    var listed: [[String]] = []
    var problem: Problem?
  }

  private func run(_ step: CopyStep, isForced: Bool = false, stopAfter limit: Int = .max) -> Run {
    var run = Run(), done = 0
    do {
      let results = try CohortRunner(step, isForced: isForced).run(
        Self.names,
        onRow: { result, isKept in
          done += 1
          if isKept { run.kept.append(result.name) }
        }, shouldStop: { done == limit }, list: { run.listed.append($0.map(\.name)) })
      #expect(results.map(\.name) == Self.names)
    } catch {
      run.problem = Problem(error)
    }
    return run
  }

  private func files(_ folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  @Test func whatIsCompleteIsKeptUnlessForced() throws {
    try withTemporaryFolder { folder in
      let step = CopyStep(output: folder.appendingPathComponent("new/out"), text: "1")
      #expect(run(step).kept == [])
      #expect(run(step).kept == Self.names)
      #expect(run(step, isForced: true).kept == [])
      try FileManager.default.removeItem(at: step.file("b"))
      let again = run(step)
      #expect(again.kept == ["a", "c"] && again.listed == [Self.names])
    }
  }

  @Test func staleCasesAreProcessedAgainWithoutTheirOldFiles() throws {
    try withTemporaryFolder { folder in
      for file in ["a.old", "other.old"] { try AtomicFile.write("", to: folder.appendingPathComponent(file)) }
      #expect(run(CopyStep(output: folder, text: "1")).kept == [])
      #expect(files(folder) == ["a.txt", "b.txt", "c.txt", "other.old"])
      #expect(run(CopyStep(output: folder, text: "2")).kept == [])
      #expect(run(CopyStep(output: folder, text: "2")).kept == Self.names)
    }
  }

  @Test func aStepKnowsTheNextTwoCasesWithoutThoseThatAreComplete() throws {
    try withTemporaryFolder { folder in
      var step = CopyStep(output: folder, text: "1")
      var calls: [String] = []
      step.onCase = { calls.append(([$0] + $1).joined()) }
      _ = run(step)
      #expect(calls == ["abc", "bc", "c"])
      calls = []
      for name in ["a", "c"] { try FileManager.default.removeItem(at: step.file(name)) }
      _ = run(step)
      #expect(calls == ["ac", "c"])
      calls = []
      _ = run(step, isForced: true)
      #expect(calls == ["abc", "bc", "c"])
    }
  }

  @Test func aCaseThatFailsHasNoFiles() throws {
    try withTemporaryFolder { folder in
      _ = run(CopyStep(output: folder, text: "1"))
      let failed = run(CopyStep(output: folder, text: "2", failing: ["b"]))
      #expect(failed.problem == nil && failed.listed == [Self.names])
      #expect(files(folder) == ["a.txt", "c.txt"])
    }
  }

  @Test func anInterruptionListsWhatIsDone() throws {
    try withTemporaryFolder { folder in
      let step = CopyStep(output: folder, text: "1")
      let interrupted = run(step, stopAfter: 2)
      #expect(interrupted.problem?.kind == .interrupted && interrupted.listed == [["a", "b"]])
      #expect(interrupted.problem?.what == "interrupted after 2 of 3 cases")
      #expect(run(step).kept == ["a", "b"])
    }
  }

  @Test func anErrorStopsTheRunAndListsWhatIsDone() throws {
    try withTemporaryFolder { folder in
      let stopped = run(CopyStep(output: folder, text: "1", fullAt: "c"))
      #expect(stopped.problem?.kind == .inputOutput && stopped.listed == [["a", "b"]])
    }
  }

  @Test func deletingAFileThatIsGoneIsNotAnError() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("a.old")
      try AtomicFile.write("", to: file)
      for _ in 0..<2 { try AtomicFile.remove(file) }
      #expect(files(folder) == [])
    }
  }
}
