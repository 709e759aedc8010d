import Foundation
import Testing

/// Output folders of earlier commands that do not hold what the next one needs.
@Suite struct BadFolderTests {
  /// The maps of the patients, made once.
  private static let maps = Result {
    let maps = try Workplace.folder() / "maps"
    try Tool.succeed([
      "segment", "-i", Cohort.manifest.path, "--split", "test", "-o", maps.path, "--bundle",
      Cohort.bundle.path,
      "--threads", "1",
    ])
    return maps
  }

  private static let patient = "sub-008/anat/sub-008"

  /// Evaluates maps that something happened to.
  private static func evaluation(
    _ name: String, _ code: Int32, _ words: [String], _ change: @escaping @Sendable (URL) throws -> Void
  ) -> BadInput {
    BadInput(name, code, words) { place in
      let copy = place.folder / "maps"
      try FileManager.default.copyItem(at: maps.get(), to: copy)
      try change(copy)
      return try [
        "evaluate", "--predictions", copy.path, "--data", Cohort.manifest.path, "-o", place.out.path,
        "--samples", "5",
      ]
    }
  }

  static let predictions: [BadInput] = [
    evaluation("no table", 66, ["no table of cases", "cases.tsv"]) { try remove($0 / "cases.tsv") },
    evaluation("a table cut short", 65, ["differ in length", "cases.tsv"]) {
      try Data(($0 / "cases.tsv").text().dropLast(20).utf8).write(to: $0 / "cases.tsv")
    },
    evaluation("a table without maps", 65, ["lacks a column", "cases.tsv"]) {
      try Data(($0 / "cases.tsv").text().replacing("anomaly_map", with: "map").utf8).write(
        to: $0 / "cases.tsv")
    },
    evaluation("no record", 66, ["no segmentation", "segmentation.json"]) {
      try remove($0 / "segmentation.json")
    },
    evaluation("a broken record", 65, ["record", "cannot be read", "segmentation.json"]) {
      try Data("{".utf8).write(to: $0 / "segmentation.json")
    },
    evaluation(
      "a record with two thresholds of one name", 65, ["names a threshold twice", "segmentation.json"]
    ) {
      let file = $0 / "segmentation.json"
      let renamed = try file.text().replacing("training-percentile-95", with: "fpr_0.05")
      try Data(renamed.utf8).write(to: file)
    },
    evaluation("a map that went away", 66, ["no such file", "sub-008_desc-anomaly"]) {
      try remove($0 / "\(patient)_desc-anomaly_FLAIR.nii.gz")
    },
    evaluation("a map cut short", 65, ["sub-008_desc-anomaly", "again"]) {
      let file = $0 / "\(patient)_desc-anomaly_FLAIR.nii.gz"
      try Data(contentsOf: file).dropLast(40).write(to: file)
    },
    evaluation("a brain mask that went away", 66, ["no such file", "sub-008_desc-brain"]) {
      try remove($0 / "\(patient)_desc-brain_mask.nii.gz")
    },
  ]

  @Test(arguments: predictions)
  func damagedMapsAreNotEvaluated(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  /// Resumes a run that something happened to.
  private static func resumption(
    _ name: String, _ code: Int32, _ words: [String], _ change: @escaping @Sendable (URL) throws -> Void
  ) -> BadInput {
    BadInput(name, code, words) { place in
      try FileManager.default.copyItem(at: Cohort.run("dense-vae"), to: place.out)
      try remove(place.out / "bundle")
      try change(place.out)
      return ["train", "--resume", "-o", place.out.path, "--threads", "1"]
    }
  }

  static let runs: [BadInput] = [
    resumption("a checkpoint cut short", 65, ["safetensors", "last.safetensors"]) {
      let file = $0 / "checkpoints/last.safetensors"
      try Data(contentsOf: file).dropLast(100).write(to: file)
    },
    resumption("a checkpoint that is a bundle's weights", 65, ["holds no progress", "last.safetensors"]) {
      let file = $0 / "checkpoints/last.safetensors"
      try remove(file)
      try FileManager.default.copyItem(at: Cohort.run("dense-vae") / "bundle/weights.safetensors", to: file)
    },
    resumption("no best weights", 66, ["best.safetensors", "cannot be read"]) {
      try remove($0 / "checkpoints/best.safetensors")
    },
    resumption("a broken configuration", 65, ["configuration is damaged", "/out"]) {
      try Data("{".utf8).write(to: $0 / "config.json")
    },
    resumption("a configuration of another Norma", 64, ["unknown configuration key 'extra'"]) {
      try Data(#"{"method": "vae", "extra": 3}"#.utf8).write(to: $0 / "config.json")
    },
    resumption("no configuration", 66, ["no run in the folder"]) { try remove($0 / "config.json") },
    resumption("a configuration that cannot be read", 74, ["config.json", "permissions"]) {
      try remove($0 / "config.json")
      try FileManager.default.createDirectory(at: $0 / "config.json", withIntermediateDirectories: false)
    },
    resumption("a broken source", 65, ["damaged", "/out"]) { try Data("{".utf8).write(to: $0 / "data.json") },
    resumption("a manifest that went away", 66, ["no such file", "nowhere.tsv"]) {
      try Data(($0 / "data.json").text().replacing("manifest.tsv", with: "nowhere.tsv").utf8)
        .write(to: $0 / "data.json")
    },
    resumption("other data", 65, ["not those that the run was started with"]) {
      let text = try ($0 / "config.json").text()
      try Data(text.replacing("\"gridSpacing\" : 6", with: "\"gridSpacing\" : 5").utf8).write(
        to: $0 / "config.json")
    },
  ]

  @Test(arguments: runs)
  func aDamagedRunIsNotResumed(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !(place.out / "bundle").exists)
  }

  private static func remove(_ url: URL) throws { try FileManager.default.removeItem(at: url) }
}
