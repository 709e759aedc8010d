import Foundation
import Tensors
import Testing

import Base

/// Bundles that must not be used.
@Suite struct BadBundleTests {
  /// A way to damage a bundle.
  struct Damage: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: Int32
    let words: [String]
    var preset = "normative"
    let apply: @Sendable (URL) throws -> Void
  }

  static let damages: [Damage] = [
    Damage(
      testDescription: "a flipped byte", code: 65, words: ["sha256", "weights.safetensors", "do not use"]
    ) {
      let file = $0 / "weights.safetensors"
      var data = try Data(contentsOf: file)
      data[data.count - 1] ^= 1
      try data.write(to: file)
    },
    Damage(testDescription: "a changed card", code: 65, words: ["sha256", "card.md"]) {
      try Data("new words\n".utf8).write(to: $0 / "card.md")
    },
    Damage(
      testDescription: "a newer schema", code: 65, words: ["schema version 99", "reads 1", "newer Norma"]
    ) {
      try edit($0) { $0["schemaVersion"] = 99 }
    },
    Damage(testDescription: "no schema version", code: 65, words: ["schemaVersion", "bundle.json"]) {
      try edit($0) { $0["schemaVersion"] = nil }
    },
    Damage(testDescription: "a manifest of another kind", code: 65, words: ["schema", "calibration"]) {
      try edit($0) { $0["calibration"] = nil }
    },
    Damage(testDescription: "no weights", code: 66, words: ["weights.safetensors"]) {
      try FileManager.default.removeItem(at: $0 / "weights.safetensors")
    },
    Damage(
      testDescription: "weights without a checksum", code: 65, words: ["no checksum of weights.safetensors"]
    ) {
      try edit($0) { $0["files"] = [String: String]() }
    },
    Damage(testDescription: "a missing tensor", code: 65, words: ["m2", "missing", "[32, 32]"]) {
      try rewriteWeights($0) { $0["model.m2"] = nil }
    },
    Damage(
      testDescription: "a tensor of another shape", code: 65,
      words: ["mean", "[16, 16]", "[32, 32]", "safetensors"]
    ) {
      let small = try Tensor.zeros([16, 16])
      try rewriteWeights($0) { $0["model.mean"] = small }
    },
    Damage(
      testDescription: "a network's tensor of another shape", code: 65,
      words: ["[1, 2, 3]", "network needs", "weights.safetensors"], preset: "dense-vae"
    ) {
      let odd = try Tensor.zeros([1, 2, 3])
      try rewriteWeights($0) { tensors in
        if let name = tensors.keys.sorted().first(where: { $0.hasPrefix("model.encoder") }) {
          tensors[name] = odd
        }
      }
    },
    Damage(
      testDescription: "no deviation", code: 65, words: ["scoring.deviation", "missing"], preset: "dense-vae"
    ) {
      try rewriteWeights($0) { $0["scoring.deviation"] = nil }
    },
    Damage(
      testDescription: "weights that are no safetensors", code: 65, words: ["safetensors file", "header"]
    ) {
      try Data("not tensors at all".utf8).write(to: $0 / "weights.safetensors")
      try renewChecksum($0)
    },
    Damage(
      testDescription: "a setting out of range", code: 65,
      words: ["recipe.gridSize", "33", "multiple of 16", "bundle.json"]
    ) {
      try editConfiguration($0) { $0["recipe"] = ["gridSize": 33] }
    },
    Damage(testDescription: "an unknown setting", code: 65, words: ["'extra'", "bundle.json"]) {
      try editConfiguration($0) { $0["extra"] = 3 }
    },
    Damage(
      testDescription: "another network's settings", code: 65,
      words: ["network needs", "weights.safetensors"],
      preset: "dense-vae"
    ) {
      try editConfiguration($0) { configuration in
        var model = configuration["model"] as? [String: Any] ?? [:],
          network = model["network"] as? [String: Any] ?? [:]
        network["denseSize"] = 5
        model["network"] = network
        configuration["model"] = model
      }
    },
    Damage(testDescription: "an empty manifest", code: 65, words: ["no schemaVersion", "bundle.json"]) {
      try Data().write(to: $0 / "bundle.json")
    },
    Damage(testDescription: "a nest of brackets", code: 65, words: ["no schemaVersion", "bundle.json"]) {
      try Data(repeating: UInt8(ascii: "["), count: 100_000).write(to: $0 / "bundle.json")
    },
    Damage(testDescription: "no card", code: 66, words: ["card.md", "cannot be opened"]) {
      try FileManager.default.removeItem(at: $0 / "card.md")
    },
    Damage(testDescription: "no thresholds", code: 64, words: ["no threshold for a false-positive rate"]) {
      try edit($0) { object in
        var calibration = object["calibration"] as? [String: Any] ?? [:]
        calibration["curve"] = [[String: Any]]()
        object["calibration"] = calibration
      }
    },
    Damage(
      testDescription: "an unknown method", code: 65,
      words: ["no method 'normativ'", "did you mean 'normative'?", "bundle.json"]
    ) {
      try editConfiguration($0) { $0["method"] = "normativ" }
    },
  ]

  @Test(arguments: damages)
  func aDamagedBundleIsRefused(damage: Damage) throws {
    let bundle = try Cohort.copyOfBundle(damage.preset)
    try damage.apply(bundle)
    let input = BadInput(damage.testDescription, damage.code, damage.words) { place in
      try [
        "segment", "-i", Cohort.patient.path, "-o", place.out.path, "--bundle", bundle.path, "--threads", "1",
      ]
    }
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  @Test func aBundleThatComputesSomethingElseIsNotVerified() throws {
    let bundle = try Cohort.copyOfBundle()
    try Self.rewriteWeights(bundle) { tensors in
      tensors["model.mean"] = try tensors["model.mean"].map { try $0 * 1.5 }
    }
    let outcome = try Tool.run(["bundle", "verify", bundle.path])
    #expect(outcome.code == 65 && outcome.standardOutput.isEmpty)
    expectProblem(in: outcome, words: ["output of the model has changed", bundle.path])
  }

  @Test(arguments: [
    BadInput("missing folder", 66, ["no bundle", "/nowhere", "folder"]) { place in
      ["bundle", "verify", (place.folder / "nowhere").path]
    },
    BadInput("folder that is not a bundle", 66, ["not a bundle", "bundle.json"]) { place in
      ["bundle", "verify", place.folder.path]
    },
    BadInput("a shipped bundle's name mistyped", 66, ["no bundle 'flair-stric'", "flair-strict"]) { place in
      try ["segment", "-i", Cohort.patient.path, "-o", place.out.path, "--bundle", "flair-stric"]
    },
    BadInput("a scan for a bundle", 66, ["not a bundle", "bundle.json"]) { place in
      try ["segment", "-i", Cohort.patient.path, "-o", place.out.path, "--bundle", Cohort.patient.path]
    },
    BadInput("one bundle to combine", 64, ["one bundle alone", "two or more"]) { place in
      try ["bundle", "combine", Cohort.bundle.path, "-o", place.out.path]
    },
    BadInput("no scans to calibrate on", 66, ["no such file", "nowhere.tsv"]) { place in
      try ["bundle", "calibrate", Cohort.bundle.path, "--data", "nowhere.tsv", "-o", place.out.path]
    },
    BadInput("missing folder for segment", 66, ["no bundle", "/nowhere"]) { place in
      try [
        "segment", "-i", Cohort.patient.path, "-o", place.out.path, "--bundle",
        (place.folder / "nowhere").path,
      ]
    },
  ])
  func aBundleThatIsNotThereIsNamed(input: BadInput) throws {
    let (outcome, place) = try input.check()
    #expect(outcome.standardOutput.isEmpty && !place.out.exists)
  }

  @Test(arguments: ["calibrate", "combine"])
  func whatIsNoBundleIsNotReplacedByOne(command: String) throws {
    let input = BadInput("a folder of scans", 73, ["exists and is not a bundle", "new folder"]) { place in
      try Data("mine".utf8).write(to: place.folder / "mine.txt")
      let bundle = try Cohort.bundle.path
      let inputs = command == "combine" ? [bundle, bundle] : [bundle]
      return try ["bundle", command] + inputs + ["--data", Cohort.manifest.path, "-o", place.folder.path]
    }
    let (_, place) = try input.check()
    #expect(place.folder.files == ["mine.txt"])
  }

  // MARK: - Damage

  private static func edit(_ bundle: URL, _ change: (inout [String: Any]) -> Void) throws {
    let file = bundle / "bundle.json"
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    var object = try #require(json as? [String: Any])
    change(&object)
    try JSONSerialization.data(withJSONObject: object).write(to: file)
  }

  private static func editConfiguration(_ bundle: URL, _ change: (inout [String: Any]) -> Void) throws {
    try edit(bundle) { object in
      var configuration = object["configuration"] as? [String: Any] ?? [:]
      change(&configuration)
      object["configuration"] = configuration
    }
  }

  private static func rewriteWeights(_ bundle: URL, _ change: (inout [String: Tensor]) throws -> Void) throws
  {
    let file = bundle / "weights.safetensors"
    var (tensors, metadata) = try Safetensors.read(file)
    try change(&tensors)
    try Safetensors.write(tensors, metadata: metadata, to: file)
    try renewChecksum(bundle)
  }

  private static func renewChecksum(_ bundle: URL) throws {
    let sum = try Digest.of(file: bundle / "weights.safetensors")
    try edit(bundle) { object in
      var files = object["files"] as? [String: Any] ?? [:]
      files["weights.safetensors"] = sum
      object["files"] = files
    }
  }
}
