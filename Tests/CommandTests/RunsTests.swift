import Foundation
import Testing

/// `norma runs`, and what a training leaves for people to look at.
@Suite struct RunsTests {
  private func rows(_ outcome: Outcome) -> [[String]] {
    outcome.results.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func aTrainingIsRememberedWithCurvesAndPage() throws {
    let run = try Cohort.run("dense-vae")
    let listed = try rows(Tool.succeed(["runs", "list", "--method", "vae"]))
    #expect(
      listed[0] == ["name", "method", "state", "epochs", "best_epoch", "best_loss", "changed", "folder"])
    #expect(listed.contains { $0.last == run.path && $0[2] == "finished" && $0[3] == "1" })
    #expect(!listed.contains { $0[1] == "normative" })
    #expect((run / "tensorboard/events.out.tfevents.norma").exists)
    let page = try String(contentsOf: run / "report.html", encoding: .utf8)
    #expect(page.contains("<svg") && page.contains("validation loss"))
  }

  @Test func twoRunsAreSetSideBySide() throws {
    let (dense, spatial) = (try Cohort.run("dense-vae"), try Cohort.run("spatial-vae"))
    let compared = try rows(Tool.succeed(["runs", "compare", dense.path, spatial.path]))
    #expect(compared[0] == ["key", "dense-vae", "spatial-vae"])
    #expect(compared.contains(["model.network.code", "dense", "spatial"]))
    let copy = try Workplace.folder() / "copy"
    try FileManager.default.copyItem(at: dense, to: copy)
    let twins = try rows(Tool.succeed(["runs", "compare", dense.path, copy.path]))
    #expect(twins[0] == ["key", dense.path, copy.path], "runs of one name go by their folders")
    // What both share is not repeated.
    #expect(!compared.contains { $0[0] == "recipe.gridSize" })
    let shown = try rows(Tool.succeed(["runs", "show", dense.path]))
    #expect(shown.contains(["epochs", "1"]) && shown.contains(["recipe.gridSize", "32"]))
  }

  @Test func aRunIsForgottenAndDeletedOnlyWithItsFiles() throws {
    let place = try Workplace.folder()
    let store = ["--store", (place / "runs.sqlite").path]
    for name in ["a", "b"] {
      try FileManager.default.copyItem(at: Cohort.run("brightness"), to: place / name)
    }
    let both = [(place / "a").path, (place / "b").path]
    #expect(try Tool.succeed(["runs", "index", place.path] + store).results == both)
    try Tool.succeed(["runs", "delete", both[0]] + store)
    try Tool.succeed(["runs", "delete", "--files", both[1]] + store)
    #expect((place / "a").exists && !(place / "b").exists)
    #expect(try rows(Tool.succeed(["runs", "list"] + store)).count == 1)
  }

  @Test func eightProcessesThatMakeAStoreTogetherLoseNoRun() throws {
    let place = try Workplace.folder(), store = place / "store/runs.sqlite"
    let folders = (0..<8).map { place / "\($0)" }
    for folder in folders {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in ["a", "b"] {
        try FileManager.default.copyItem(at: Cohort.run("brightness"), to: folder / name)
      }
    }
    let running = try folders.map { try Tool.start(["runs", "index", $0.path, "--store", store.path]) }
    for process in running {
      let outcome = process.finish()
      #expect(outcome.code == 0, "\(outcome.standardError)")
    }
    let listed = try rows(Tool.succeed(["runs", "list", "--store", store.path])).dropFirst()
    #expect(Set(listed.map { $0.last }) == Set(folders.flatMap { [($0 / "a").path, ($0 / "b").path] }))
    #expect((place / "store").files == ["runs.sqlite"], "a journal or a lock is left")
  }

  @Test func aStoreThatCannotBeWrittenDoesNotStopATraining() throws {
    let place = try Workplace.folder()
    try Data("no database at all, and long enough to be one".utf8).write(to: place / "runs.sqlite")
    let outcome = try Tool.succeed(
      ["train", "--preset", "normative", "--data", Cohort.manifest.path, "-o", (place / "run").path]
        + Cohort.smallGrid, environment: ["NORMA_RUNS": (place / "runs.sqlite").path])
    #expect(outcome.log.filter { $0.contains("the store of runs cannot be used") }.count == 1)
    #expect((place / "run/bundle/bundle.json").exists)
  }

  @Test(arguments: [
    BadInput("a run that nobody knows", 66, ["no run has this folder or name", "nothing", "norma runs list"])
    { _ in
      ["runs", "show", "nothing"]
    },
    BadInput("two runs of one name", 64, ["2 runs have this name", "brightness", "give the folder"]) {
      place in
      let store = place.folder / "runs.sqlite"
      for name in ["a", "b"] {
        try FileManager.default.copyItem(at: Cohort.run("brightness"), to: place.folder / name)
      }
      try Tool.succeed(["runs", "index", place.folder.path, "--store", store.path])
      return ["runs", "show", "brightness", "--store", store.path]
    },
    BadInput(
      "a store that is none", 74, ["the store of runs cannot be used", "runs.sqlite", "norma runs index"]
    ) {
      place in
      let store = place.folder / "runs.sqlite"
      try Data("no database at all, and long enough to be one".utf8).write(to: store)
      return ["runs", "list", "--store", store.path]
    },
    BadInput("no folder to index", 66, ["there is no such folder", "gone"]) { place in
      ["runs", "index", (place.folder / "gone").path, "--store", (place.folder / "runs.sqlite").path]
    },
  ])
  func aRequestThatCannotBeMetIsRefused(input: BadInput) throws { try input.check() }
}
