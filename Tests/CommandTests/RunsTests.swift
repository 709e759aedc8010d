import _TestSupport
import Foundation
import Testing

/// `norma runs`, and what a training leaves for people to look at.
@Suite struct RunsTests {
  private func table(_ arguments: [String]) throws -> TSV {
    try TSV(text: Tool.succeed(arguments).standardOutput)
  }

  @Test func aTrainingIsRememberedWithCurvesAndPage() throws {
    let run = try Cohort.run("dense-vae"), data = try Cohort.manifest.path
    let listed = try table(["runs", "list", "--method", "vae"])
    #expect(
      listed.columns == [
        "name", "method", "state", "epochs", "duration", "best_epoch", "best_loss", "validation_dice", "data",
        "changed",
        "folder",
      ])
    #expect(
      listed.rows.contains {
        $0["folder"] == run.path && $0["state"] == "finished" && $0["epochs"] == "1"
          && $0["data"] == data && $0["validation_dice"] == "n/a" && $0["duration"]?.hasSuffix("s") == true
      })
    #expect(!listed.rows.contains { $0["method"] == "normative" })
    #expect((run / "tensorboard/events.out.tfevents.norma").exists)
    let page = try String(contentsOf: run / "report.html", encoding: .utf8)
    // One epoch makes no curve.
    #expect(!page.contains("<svg") && page.contains("validation loss"))
  }

  @Test func twoRunsAreSetSideBySide() throws {
    let (dense, spatial) = (try Cohort.run("dense-vae"), try Cohort.run("spatial-vae"))
    let compared = try table(["runs", "compare", dense.path, spatial.path])
    #expect(compared.columns == ["key", "dense-vae", "spatial-vae"])
    #expect(
      compared.rows.contains([
        "key": "model.network.code", "dense-vae": "dense", "spatial-vae": "spatial",
      ]))
    let copy = try Workplace.folder() / "copy"
    try FileManager.default.copyItem(at: dense, to: copy)
    let twins = try table(["runs", "compare", dense.path, copy.path])
    #expect(twins.columns == ["key", dense.path, copy.path], "runs of one name go by their folders")
    func message() throws -> String {
      try Tool.succeed(["runs", "compare", dense.path, copy.path]).standardError
    }
    #expect(try !message().contains("cannot be compared"))
    let source = copy / "data.json", text = try source.text()
    try Data(text.replacing("manifest.tsv", with: "other.tsv").utf8).write(to: source)
    #expect(try message().contains("cannot be compared"), "the losses are of different data")
    // What both share is not repeated.
    #expect(!compared.rows.contains { $0["key"] == "recipe.gridSize" })
    let shown = try Tool.succeed(["runs", "show", dense.path]).results
    #expect(shown.contains("epochs\t1") && shown.contains("recipe.gridSize\t32"))
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
    #expect(try table(["runs", "list"] + store).rows.isEmpty)
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
    let listed = try table(["runs", "list", "--store", store.path])
    #expect(
      Set(listed.rows.map { $0["folder"] }) == Set(folders.flatMap { [($0 / "a").path, ($0 / "b").path] }))
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
    BadInput("an unknown run", 66, ["no run has this folder or name", "nothing", "norma runs list"]) { _ in
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
