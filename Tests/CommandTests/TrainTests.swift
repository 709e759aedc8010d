import Foundation
import Testing

/// Configurations, run folders and what surrounds training.
@Suite struct TrainTests {
  @Test func aDryRunPrintsTheResolvedConfigurationAndMakesNothing() throws {
    struct Printed: Decodable {
      struct Training: Decodable { var epochs, batchSize, seed: Int }
      struct Scoring: Decodable {
        var median: Int
        var normalization: String
      }
      var method: String
      var training: Training
      var scoring: Scoring
    }
    let folder = try Workplace.folder()
    try Data("training: {epochs: 7, batchSize: 3}\nscoring: {median: 3}\n".utf8).write(to: folder / "my.yaml")
    let outcome = try Tool.succeed(
      [
        "train", "--preset", "dense-vae", "--config", "my.yaml", "--set", "training.epochs=9", "--seed", "4",
        "--dry-run", "-o", "run",
      ], in: folder)
    let printed = try JSONDecoder().decode(Printed.self, from: Data(outcome.standardOutput.utf8))
    // The preset, over it the file, over it the single keys.
    #expect(printed.method == "vae" && printed.scoring.normalization == "deviation")
    #expect(printed.training.batchSize == 3 && printed.scoring.median == 3)
    #expect(printed.training.epochs == 9 && printed.training.seed == 4)
    #expect(folder.files == ["my.yaml"] && outcome.standardError.isEmpty)
  }

  @Test func aFolderThatHoldsARunIsNotTrainedOver() throws {
    let run = try Workplace.folder() / "run"
    try FileManager.default.copyItem(at: Cohort.run("brightness"), to: run)
    let weights = try Data(contentsOf: run / "bundle/bundle.json")
    let outcome = try Tool.run([
      "train", "--preset", "normative", "--data", Cohort.manifest.path, "-o", run.path,
    ])
    #expect(outcome.code == 73 && outcome.standardOutput.isEmpty)
    expectProblem(in: outcome, words: ["already holds a run", run.path, "--resume"])
    #expect(try Data(contentsOf: run / "bundle/bundle.json") == weights)
  }

  #if !Distributed
    @Test(arguments: ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"])
    func severalProcessesAreRefusedWhereNormaCannotJoinThem(variable: String) throws {
      let run = try Workplace.folder() / "run"
      let outcome = try Tool.start(
        ["train", "--preset", "normative", "--data", Cohort.manifest.path, "-o", run.path],
        environment: [variable: "2"]
      ).finish()
      #expect(outcome.code == 64 && outcome.standardOutput.isEmpty)
      expectProblem(in: outcome, words: ["2 processes", "without Distributed", "--traits Distributed"])
      #expect(!FileManager.default.fileExists(atPath: run.path))
    }
  #endif

  @Test func trainingLogsInJSONOrNotAtAll() throws {
    func train(_ options: String...) throws -> Outcome {
      try Tool.succeed(
        [
          "train", "--preset", "dense-vae", "--data", Cohort.manifest.path, "-o",
          (Workplace.folder() / "run").path, "--threads", "1",
        ] + Cohort.smallVAE + options)
    }
    let quiet = try train("--quiet")
    #expect(quiet.standardError.isEmpty && quiet.results.count == 1)
    let lines = try train("--log-format", "json").log.map {
      try JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
    #expect(lines.map { $0["message"] } == ["training", "epoch 1"])
    #expect(Double(lines[1]["validation"] ?? "")?.isFinite == true)
  }

  @Test func theCardIsShownAndCanBeAddedTo() throws {
    let bundle = try Cohort.copyOfBundle()
    let text = bundle.deletingLastPathComponent() / "section.md"
    try Data("Found 3 of 4 lesions.\n".utf8).write(to: text)
    for _ in 1...2 {
      try Tool.succeed(["bundle", "note", bundle.path, "--section", "Evaluation", "--text", text.path])
    }
    let card = try Tool.succeed(["bundle", "show", bundle.path]).standardOutput
    #expect(card.contains("Research use only"))
    #expect(
      card.components(separatedBy: "## Evaluation\n\nFound 3 of 4 lesions.").count == 2, "once, not twice")
    #expect(try Tool.succeed(["bundle", "verify", bundle.path]).results == ["normative: ok"])
  }

  @Test func theListsNameWhatThereIs() throws {
    let presets = try Tool.succeed(["presets"]).standardOutput
    for name in Cohort.presets { #expect(presets.contains("  \(name): ")) }
    #expect(try Tool.succeed(["--version"]).results.first?.split(separator: ".").count == 3)
    let doctor = try Tool.succeed(["doctor"]).results
    for name in ["cores: ", "memory: ", "disk: ", "device cpu: available"] {
      #expect(doctor.contains { $0.hasPrefix(name) })
    }
    #expect(doctor.last == "verdict: norma is ready to segment scans")
    #expect(try Tool.succeed(["--help"]).standardOutput.contains("Research use only"))
  }
}
