import Foundation
import Testing

/// Configurations, options and folders that cannot be meant.
@Suite struct BadArgumentTests {
  static func train(_ more: String...) -> @Sendable (BadInput.Place) throws -> [String] {
    { place in try place.train(Cohort.manifest, more) }
  }

  static func config(_ text: String) -> @Sendable (BadInput.Place) throws -> [String] {
    { place in
      try Data(text.utf8).write(to: place.folder / "config.yaml")
      return try place.train(Cohort.manifest, ["--config", (place.folder / "config.yaml").path])
    }
  }

  static let configurations: [BadInput] = [
    BadInput(
      "unknown key", 64, ["unknown configuration key 'training.epoch'", "did you mean 'training.epochs'?"],
      train("--set", "training.epoch=3")),
    BadInput(
      "unknown group", 64, ["'trainng'", "did you mean 'training'?"], train("--set", "trainng.epochs=3")),
    BadInput("unknown model key", 64, ["'model.sigmaa'", "'model.sigma'"], train("--set", "model.sigmaa=3")),
    BadInput(
      "wrong type", 64, ["'training.epochs'", "whole number", "text"], train("--set", "training.epochs=ten")),
    BadInput(
      "a number to the base of 60", 64, ["'training.epochs'", "whole number", "text"],
      train("--set", "training.epochs=11111111111111111:11:09")),
    BadInput(
      "a fraction for a count", 64, ["'training.epochs' must be a whole number, not 1.5"],
      train("--set", "training.epochs=1.5")),
    BadInput(
      "out of range", 64, ["'training.batchSize' is 0", "1 to 4096"], train("--set", "training.batchSize=0")),
    BadInput(
      "unknown choice", 64, ["'recipe.normalization'", "'log'", "reference"],
      train("--set", "recipe.normalization=log")),
    BadInput(
      "no setting", 64, ["'training.epochs' is not a setting", "key=value"], train("--set", "training.epochs")
    ),
    BadInput("negative seed", 64, ["'training.seed' is -1"], train("--seed=-1")),
    BadInput(
      "unknown key in a file", 64, ["'scoring.medain'", "'scoring.median'"], config("scoring: {medain: 3}")),
    BadInput("wrong type in a file", 64, ["'scoring'", "group of keys"], config("scoring: 3")),
    BadInput("out of range in a file", 64, ["'scoring.median' is 4", "odd"], config("scoring: {median: 4}")),
    BadInput("a file that is no YAML", 65, ["config.yaml", "syntax"], config("scoring: [3")),
    BadInput(
      "a tab in YAML", 65, ["config.yaml", "cannot start any token"], config("training:\n\tepochs: 3\n")),
    BadInput("a key twice", 65, ["duplicated key"], config("scoring: {median: 3}\nscoring: {median: 5}\n")),
    BadInput("two documents", 65, ["another document"], config("scoring: {median: 3}\n---\n{}\n")),
    BadInput("an alias of nothing", 65, ["undefined alias"], config("scoring: *here\n")),
    BadInput(
      "aliases of aliases", 65, ["more than 10000 values", "config.yaml"],
      config(
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
          + zip("abcdefghi", "bcdefghij").map {
            "\($1): &\($1) [\(repeatElement("*\($0)", count: 10).joined(separator: ", "))]\n"
          }
          .joined())),
    BadInput("a deep nest", 65, ["nesting level"], config("a: " + String(repeating: "[", count: 20000))),
    BadInput("a group for a key", 65, ["a key is not text"], config("scoring:\n  ? median: 3\n  : 5\n")),
    BadInput("a list", 64, ["must be a group of keys, not a list"], config("- scoring\n")),
    BadInput("a date", 65, ["Date value is not allowed"], config("training: {epochs: 2001-01-01}\n")),
    BadInput("no number", 64, ["finite number, not nan"], config("training: {learningRate: .nan}\n")),
    BadInput(
      "a number beyond all", 64, ["whole number"], config("training: {epochs: 99999999999999999999}\n")),
    BadInput("nothing for a number", 64, ["whole number, not nothing"], config("training: {epochs: null}\n")),
    BadInput("Latin-1", 65, ["UTF-8", "config.yaml"]) { place in
      try Data([0x23, 0xE9, 0x0A]).write(to: place.folder / "config.yaml")
      return try place.train(Cohort.manifest, ["--config", (place.folder / "config.yaml").path])
    },
    BadInput(
      "a path with a gap", 64, ["'training..epochs=3' is not a setting"], train("--set", "training..epochs=3")
    ),
    BadInput("a path without a key", 64, ["'=3' is not a setting"], train("--set", "=3")),
    BadInput(
      "an open bracket", 65, ["--set training.epochs=[1", "syntax"], train("--set", "training.epochs=[1")),
    BadInput(
      "a fold without folds", 64, ["'training.fold' is 3", "training.folds"],
      train("--set", "training.fold=3")),
    BadInput("an empty argument", 64, ["an argument is empty", "shell"], train("--name", "")),
    BadInput("a missing file", 66, ["nowhere.yaml"], train("--config", "nowhere.yaml")),
    BadInput("a missing description", 66, ["nowhere.md"], train("--describe", "nowhere.md")),
    BadInput("unknown preset", 64, ["no preset 'normativ'", "did you mean 'normative'?", "dense-vae"]) {
      place in
      try ["train", "--preset", "normativ", "--data", Cohort.manifest.path, "-o", place.out.path]
    },
    BadInput("no method", 64, ["names no method", "normative"]) { place in
      try ["train", "--data", Cohort.manifest.path, "-o", place.out.path]
    },
    BadInput("grid too small for the network", 64, ["recipe.gridSize", "multiple of 64"]) { place in
      try [
        "train", "--preset", "dense-vae", "--data", Cohort.manifest.path, "-o", place.out.path, "--set",
        "recipe.gridSize=32", "--set", "recipe.gridSpacing=6", "--set",
        "model.network.channels=[2,2,2,2,2,2]",
      ]
    },
    BadInput(
      "lesions for a method that must see none", 64, ["'training.exclusion' is none", "slices or voxels"],
      train("--set", "training.exclusion=none")),
    BadInput("no lesion to learn from", 65, ["'supervised'", "train split", "lesion_mask"]) { place in
      try ["train", "--preset", "supervised", "--data", Cohort.manifest.path, "-o", place.out.path]
    },
    BadInput("no data", 64, ["no data", "--data", "manifest"]) { place in
      ["train", "--preset", "normative", "-o", place.out.path]
    },
    BadInput("resume without a run", 66, ["no run in the folder", "/out", "norma train"]) { place in
      ["train", "--resume", "-o", place.out.path]
    },
  ]

  @Test(arguments: configurations)
  func aConfigurationIsRefusedBeforeAnythingIsTrained(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty)
    #expect(!(place.out / "config.json").exists && !(place.out / "bundle").exists)
  }

  static let engine: [BadInput] = [
    BadInput("unknown device", 64, ["no device 'gpu'", "--device", "cuda"], train("--device", "gpu")),
    BadInput("device index", 64, ["no device 'cuda:x'", "--device"], train("--device", "cuda:x")),
    BadInput("no threads", 64, ["--threads", "1 or more"]) { place in
      try [
        "segment", "-i", Cohort.patient.path, "-o", place.out.path, "--bundle", Cohort.bundle.path,
        "--threads", "0",
      ]
    },
    BadInput("too many threads", 64, ["--threads is 1000000", "at most 1024"]) { place in
      try ["segment", "-i", Cohort.patient.path, "-o", place.out.path, "--threads", "1000000"]
    },
    BadInput("no output", 64, ["an argument is empty", "shell"]) { _ in
      try ["segment", "-i", Cohort.patient.path, "-o", ""]
    },
    BadInput("a rate that is no number", 64, ["rate of nan", "--fpr"]) { place in
      try place.segment(Cohort.patient, ["--fpr", "nan"])
    },
    BadInput("rate above 1", 64, ["rate of 2", "--fpr", "1 % is 0.01", "--threshold"]) { place in
      try place.segment(Cohort.patient, ["--fpr", "2"])
    },
    BadInput("more than all", 64, ["rate of 2", "--fpr"]) { place in
      try place.segment(Cohort.patient, ["--fpr", "200%"])
    },
    BadInput("a bundle of nearly that name", 66, ["no bundle 'flair-strct'", "did you mean 'flair-strict'?"])
    { place in
      try ["segment", "-i", Cohort.patient.path, "-o", place.out.path, "--bundle", "flair-strct"]
    },
    BadInput("rate 0", 64, ["rate of 0", "--fpr"]) { place in
      try place.segment(Cohort.patient, ["--fpr", "0"])
    },
    BadInput("a bundle that has not counted regions", 64, ["--false-regions", "bundle calibrate"]) { place in
      try place.segment(Cohort.patient, ["--false-regions", "2"])
    },
    BadInput("no labelled threshold", 64, ["labelled-validation", "--threshold-from", "--fpr"]) { place in
      try place.segment(Cohort.patient, ["--threshold-from", "labelled-validation"])
    },
  ]

  @Test(arguments: engine)
  func anOptionOutOfRangeIsRefusedBeforeAnythingIsWritten(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  @Test(arguments: [
    (["segment", "--fpr", "0.1", "--threshold", "3", "-i", "a", "-o", "b"], "not both"),
    (
      ["segment", "--fpr", "0.1", "--threshold-from", "training-percentile", "-i", "a", "-o", "b"],
      "not both"
    ),
    (["segment", "--threshold", "3", "--threshold-from", "fpr", "-i", "a", "-o", "b"], "not both"),
    (["segment", "--false-regions", "2", "--fpr", "0.1", "-i", "a", "-o", "b"], "--false-regions or --fpr"),
    (["segment", "--false-regions", "2", "--threshold", "1", "-i", "a", "-o", "b"], "not both"),
    (["segment", "--false-regions", "2", "--threshold-from", "fpr", "-i", "a", "-o", "b"], "not both"),
    (["segment", "--min-volume=-1", "-i", "a", "-o", "b"], "--min-volume must be 0 or more"),
    (["segment", "--threshold-from", "oracle", "-i", "a", "-o", "b"], "training-percentile"),
    (["segment", "--threshold=-1", "-i", "a", "-o", "b"], "--threshold must be 0 or more"),
    (["segment", "--threshold", "inf", "-i", "a", "-o", "b"], "--threshold must be 0 or more"),
    (["segment", "--threshold", "nan", "-i", "a", "-o", "b"], "--threshold must be 0 or more"),
    (["segment", "--skull", "maybe", "-i", "a", "-o", "b"], "'auto', 'present' or 'absent'"),
    (["evaluate", "--predictions", "a", "--data", "b", "-o", "c", "--seed", "x"], "--seed"),
    (["bundle", "combine", "-o", "c"], "<bundles>"),
    (["bundle", "combine", "a", "b", "-o", "c", "--weights", "1", "2"], "--weights needs --data"),
    (["bundle", "combine", "a", "b", "-o", "c", "--data", "d", "--floors", "1"], "1 numbers for 2 bundles"),
    (["bundle", "calibrate", "a", "-o", "c"], "--data"),
    (["bundle", "note", "a", "--section", "S"], "--text"),
    (["simulate", "-o", "b", "--voxel-size", "1", "2"], "one number or three"),
    (["simulate", "-o", "b", "--seed=-1"], "--seed"),
    (["doctor", "now"], "'now'"),
    (["train"], "--output"),
    (["segment", "--exceedence", "-i", "a", "-o", "b"], "--exceedance"),
    (["segment", "--quite", "-i", "a", "-o", "b"], "--quiet"),
    (["segment", "-i", "a", "-o", "b", "--split", "training"], "train"),
    (["segment", "-i", "a", "-o", "b", "--log-format", "xml"], "xml"),
    (["evaluate", "--predictions", "a", "--data", "b", "-o", "c", "--samples", "0"], "--samples"),
    (["evaluate", "--predictions", "a", "-o", "c"], "--reference"),
    (["evaluate", "--predictions", "a", "--data", "b", "--reference", "d", "-o", "c"], "--reference"),
    (["simulate", "-o", "b", "--levels", "3", "1"], "--levels"),
    (["sgment"], "sgment"),
    (["segmnt", "-i", "a"], "'norma' has no command 'segmnt'. Did you mean 'segment'?"),
    (
      ["segment", "-i", "a", "--ouput", "b"],
      "'norma segment' has no option '--ouput'. Did you mean '--output'?"
    ),
    (["segment", "--ouput=b"], "no option '--ouput'. Did you mean '--output'?"),
    (["prepare", "--inptu", "a"], "'norma preprocess' has no option '--inptu'. Did you mean '--input'?"),
    (["segment", "-i", "a", "-x", "b"], "no option '-x'."),
    (["bundle", "calibate"], "'norma bundle' has no command 'calibate'. Did you mean 'calibrate'?"),
    (["bundle", "list", "--jsn"], "'norma bundle list' has no option '--jsn'."),
    (["runs", "lst"], "'norma runs' has no command 'lst'. Did you mean 'list'?"),
    (["help", "nonsense"], "'norma' has no command 'nonsense'. Known: bids, bundle,"),
    (["help", "bundle", "lst"], "'norma bundle' has no command 'lst'. Did you mean 'list'?"),
    (["segment", "-i", "a", "-o", "b", "--fpr", "little"], "it is a fraction, as in 0.01 or 1%"),
  ])
  func theArgumentParserRefusesWithUsage(arguments: [String], words: String) throws {
    let folder = try Workplace.folder()
    let outcome = try Tool.run(arguments, in: folder)
    #expect(outcome.code == 64)
    #expect(outcome.standardError.contains("Error: "))
    #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
    #expect(outcome.standardOutput.isEmpty && folder.files == [])
  }

  @Test(
    .enabled(if: !FileManager.default.fileExists(atPath: "/dev/nvidiactl"), "this machine has a CUDA device"))
  func aDeviceThatIsNotThereIsMissing() throws {
    try BadInput(
      "cuda", 69, ["cuda:0 is not available", "--device", "norma doctor"], Self.train("--device", "cuda")
    )
    .check()
  }

  @Test(arguments: [
    BadInput("simulate into a full folder", 73, ["not empty", "new folder"]) { place in
      try Data("x".utf8).write(to: place.folder / "mine.txt")
      return ["simulate", "-o", place.folder.path, "--cases", "1"]
    },
    BadInput("simulate into a file", 73, ["is a file", "/file"]) { place in
      try Data("x".utf8).write(to: place.folder / "file")
      return ["simulate", "-o", (place.folder / "file").path, "--cases", "1"]
    },
    BadInput("simulate no participant", 64, ["'cases' is 0", "1 or more"]) {
      ["simulate", "-o", $0.out.path, "--cases", "0"]
    },
    BadInput("simulate voxels of no size", 64, ["voxelSize", "0.25 to 20"]) { place in
      ["simulate", "-o", place.out.path, "--voxel-size", "0"]
    },
    BadInput(
      "simulate without a template", 66, ["map of the template is missing", "nowhere", "Scripts/bootstrap"]
    ) { place in
      ["simulate", "-o", place.out.path, "--template", (place.folder / "nowhere").path]
    },
    BadInput("evaluate what is no segmentation", 66, ["no segmentation", "norma segment"]) { place in
      try [
        "evaluate", "--predictions", place.folder.path, "--data", Cohort.manifest.path, "-o", place.out.path,
      ]
    },
    BadInput("note without its text", 66, ["nowhere.md"]) { place in
      try [
        "bundle", "note", Cohort.bundle.path, "--section", "S", "--text", (place.folder / "nowhere.md").path,
      ]
    },
  ])
  func anOutputThatCannotBeIsRefused(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  @Test func evaluatingAnotherCohortIsRefused() throws {
    let input = BadInput("no matching case", 65, ["no case", "lesion mask", "/maps"]) { place in
      let maps = place.folder / "maps"
      try Tool.succeed(
        [
          "segment", "-i", Cohort.patient.path, "-o", maps.path, "--bundle", Cohort.bundle.path, "--threads",
          "1",
        ])
      let other = try place.manifest("participant_id image lesion_mask", "z z.nii.gz z-mask.nii.gz")
      return ["evaluate", "--predictions", maps.path, "--data", other.path, "-o", place.out.path]
    }
    try input.check()
  }
}
