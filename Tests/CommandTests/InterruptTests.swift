import _TestSupport
import Foundation
import Testing

/// Ctrl-C and the queue's SIGTERM.
@Suite struct InterruptTests {
  /// A run that takes seconds, in many small steps.
  private static func arguments(_ run: URL) throws -> [String] {
    try ["train", "--preset", "dense-vae", "--data", Cohort.manifest.path, "-o", run.path, "--threads", "1"]
      + Cohort.smallVAE + ["--set", "training.epochs=40", "--set", "training.batchSize=2", "--seed", "3"]
  }

  /// The weights of the run that was not interrupted.
  private static let uninterrupted = Result {
    let run = try Workplace.folder() / "run"
    try Tool.succeed(arguments(run))
    return try Data(contentsOf: run / "bundle/weights.safetensors")
  }

  /// Waits until `condition` holds; fails when the command ends or 60 s pass before.
  private func wait(for running: Tool.Running, until condition: () -> Bool) throws {
    let end = Date.now + 60
    while !condition() {
      try #require(running.process.isRunning && Date.now < end, "\(running.standardErrorSoFar)")
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func interruptedTrainingResumesToTheSameBytes(signal: Int32) throws {
    let run = try Workplace.folder() / "run"
    let running = try Tool.start(Self.arguments(run))
    try wait(for: running) { running.standardErrorSoFar.contains("epoch 3 ") }
    kill(running.process.processIdentifier, signal)
    let outcome = running.finish()
    #expect(outcome.code == 130 && outcome.standardOutput.isEmpty)
    #expect(
      outcome.standardError.contains(
        "error: training was interrupted; nothing is lost\n  where: \(run.path)\n"))
    #expect(
      outcome.standardError.contains("  what to do: continue with: norma train --resume -o \(run.path)"))
    #expect((run / "checkpoints/last.safetensors").exists && !(run / "bundle").exists)
    #expect(run.halfWritten == [])

    let resumed = try Tool.succeed(["train", "--resume", "-o", run.path, "--threads", "1"])
    #expect(resumed.standardError.contains("resuming at epoch"))
    #expect(resumed.results == [(run / "bundle").path])
    #expect(try Data(contentsOf: run / "bundle/weights.safetensors") == Self.uninterrupted.get())
  }

  @Test func aRunInterruptedWhilePreparingCanBeRepeated() throws {
    let place = BadInput.Place(folder: try Workplace.folder())
    let scan = try Cohort.patient.path
    let rows = (0..<400).map { "p\($0)\t\(scan)\t\($0 % 4 == 0 ? "validation" : "train")\n" }
    let manifest = place.folder / "manifest.tsv"
    try Data(("participant_id\timage\tsplit\n" + rows.joined()).utf8).write(to: manifest)
    let running = try Tool.start(place.train(manifest))
    try wait(for: running) { (place.out / "prepared").exists }
    kill(running.process.processIdentifier, SIGINT)
    let outcome = running.finish()
    #expect(outcome.code == 130)
    expectProblem(in: outcome, words: ["interrupted", place.out.path, "again"])
    #expect(!(place.out / "bundle").exists && place.out.halfWritten == [])
  }

  @Test func interruptedSegmentingListsWhatIsDone() throws {
    let place = BadInput.Place(folder: try Workplace.folder())
    let scan = try Cohort.patient.path
    let manifest = place.folder / "manifest.tsv"
    let rows = (0..<100).map { "p\($0)\t\(scan)\n" }
    try Data(("participant_id\timage\n" + rows.joined()).utf8).write(to: manifest)
    let running = try Tool.start(place.segment(manifest))
    try wait(for: running) { (place.out / "p1/p1_label-lesion_mask.nii.gz").exists }
    kill(running.process.processIdentifier, SIGINT)
    let outcome = running.finish()
    #expect(outcome.code == 130 && outcome.standardOutput.isEmpty)
    expectProblem(in: outcome, words: ["of 100 cases", place.out.path, "again for the rest"])
    let done = try TSV(place.out / "cases.tsv").rows
    #expect((2..<100).contains(done.count))
    for row in done { #expect((place.out / (row["mask"] ?? "")).exists && row["status"] == "ok") }
    #expect(place.out.halfWritten == [])
  }
}
