import _TestSupport
import Foundation
import Testing
import Volumes

/// `norma experiment baur2018` as a user runs it.
@Suite struct ExperimentCommandTests {
  private func experiment(_ out: URL, _ more: String...) throws -> [String] {
    try ["experiment", "baur2018", "--data", Cohort.manifest.path, "-o", out.path, "--threads", "1"]
      + Cohort.smallGrid + more
  }

  @Test func methodsAreAddedToTheTablesOfEarlierCalls() throws {
    let out = try Workplace.folder()
    try Tool.succeed(experiment(out, "--methods", "brightness"))
    let second = try Tool.succeed(experiment(out, "--methods", "normative", "--seeds", "2"))
    for file in ["results.json", "results.tsv", "report.html", "table.md", "plots/auprc.svg"] {
      #expect((out / file).exists, "\(file)")
      #expect(second.results.contains((out / file).path), "\(file)")
    }
    let rows = try TSV(out / "results.tsv").rows
    #expect(Set(rows.compactMap { $0["method"] }) == ["brightness", "normative"])
    #expect(rows.allSatisfy { $0["test_cases"] == "2" && $0["seed"] == "0" })
    #expect(out.halfWritten == [])
    let third = try Tool.succeed(experiment(out, "--methods", "brightness", "normative"))
    #expect(third.log.filter { $0.contains("up to date") }.count == 2)
  }

  @Test func aDryRunListsTheRunsAndWritesNothing() throws {
    let out = try Workplace.folder() / "out"
    let methods = ["--methods", "brightness", "dense-vae", "--seeds", "2", "--dry-run"]
    let first = try Tool.succeed(experiment(out) + methods)
    #expect(first.results == ["brightness-0", "dense-vae-0", "dense-vae-1"].map { "\($0)\ttrain and score" })
    #expect(!out.exists)
    try Tool.succeed(experiment(out, "--methods", "brightness"))
    let before = try out.written()
    #expect(try Tool.succeed(experiment(out) + methods).results.first == "brightness-0\tup to date")
    #expect(try out.written() == before)
  }

  static let refusals: [BadInput] = [
    BadInput("an unknown method", 64, ["no preset 'brightnes'", "brightness"], on("--methods", "brightnes")),
    BadInput("an unknown scale", 64, ["no scale 64", "128 or 256"], on("--scale", "64")),
    BadInput("no seed", 64, ["one seed or more"], on("--seeds", "0")),
    BadInput(
      "a key of an unknown method", 64, ["no method 'dense'"], on("--set", "dense:training.epochs=3")),
    BadInput("no training case", 65, ["no training case"]) { place in
      try place.experiment(manifest(place, splits: "validation", "test"))
    },
    BadInput("no validation case", 65, ["no lesion-free validation case"]) { place in
      try place.experiment(manifest(place, splits: "train", "test"))
    },
    BadInput("no mask to test with", 65, ["no test case has a lesion mask"]) { place in
      try place.experiment(manifest(place, splits: "train", "validation"))
    },
    BadInput("two image sizes", 65, ["image sizes differ", "20x30", "21x30"]) { place in
      let sizes = [20, 20, 21]
      for (index, width) in sizes.enumerated() {
        let image = PNGImage(width: width, height: 30, gray: (0..<width * 30).map { UInt8($0 % 200 + 20) })
        try image.write(to: place.folder / "\(index).png")
      }
      return try place.experiment(
        place.manifest(
          "participant_id image lesion_mask split", "a 0.png n/a train", "b 1.png n/a validation",
          "c 2.png 2.png test"))
    },
  ]

  @Test(arguments: refusals)
  func isRefusedBeforeAnythingIsTrained(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  private static func on(_ more: String...) -> @Sendable (BadInput.Place) throws -> [String] {
    { place in try place.experiment(Cohort.manifest, more) }
  }

  /// The cohort's manifest with only the cases of these splits.
  private static func manifest(_ place: BadInput.Place, splits: String...) throws -> URL {
    let folder = try Cohort.folder.get()
    let lines = try String(contentsOf: Cohort.manifest, encoding: .utf8).split(separator: "\n").map(
      String.init)
    let kept = lines.dropFirst().filter { line in splits.contains { line.contains("\t\($0)") } }
    let file = folder / "\(splits.joined(separator: "-")).tsv"
    try Data(([lines[0]] + kept).map { $0 + "\n" }.joined().utf8).write(to: file)
    return file
  }
}

extension BadInput.Place {
  /// Compares the training-free methods on a manifest.
  fileprivate func experiment(_ manifest: URL, _ more: [String] = []) -> [String] {
    ["experiment", "baur2018", "--data", manifest.path, "-o", out.path, "--threads", "1"] + Cohort.smallGrid
      + (more.contains("--methods") ? more : ["--methods", "brightness"] + more)
  }
}
