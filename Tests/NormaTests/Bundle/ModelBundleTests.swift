import _TestSupport
import Foundation
import Tensors
import Testing

@testable import Base
import StrictSettings
@testable import Methods
@testable import Norma
import Cohort
import Volumes

@Suite struct ModelBundleTests {
  /// Writes a bundle of an untrained autoencoder with a synthetic deviation.
  private func write(to url: URL) throws -> ModelBundle {
    let configuration = try Configuration.tiny("dense-vae", settings: ["recipe.zRange=[10, 20]"])
    let method = try MethodRegistry.entry("vae").make(
      model: configuration.model, context: MethodContext(configuration, device: .cpu))
    let scorer = Scorer(
      method: method, settings: configuration.scoring,
      statistics: ScoreStatistics(deviation: try .full([32, 32], 0.5)), device: .cpu)
    var scores = ScoreHistogram()
    for index in 0..<10_000 { scores.add(Float(index)) }
    try ModelBundle.write(
      scorer, configuration: configuration,
      calibration: Calibration(scores: scores, cases: 2, participants: 2),
      provenance: BundleDescription.Provenance(
        engine: "test", dataSHA256: "00", trainingCases: 1, trainingSlices: 2, validationCases: 3,
        validationSlices: 4,
        seed: 5, epochs: 6, bestEpoch: 7, data: "Two phantoms."), name: "sample", to: url)
    return try ModelBundle(contentsOf: url)
  }

  /// Replaces the weights of a bundle and their checksum, which only the model can detect.
  private func replaceWeights(of url: URL, _ change: (inout [String: Tensor]) throws -> Void) throws {
    let file = url.appendingPathComponent("weights.safetensors")
    var (tensors, metadata) = try Safetensors.read(file)
    try change(&tensors)
    try Safetensors.write(tensors, metadata: metadata, to: file)
    try changeDescription(of: url) { description in
      description["files"] = .map([
        "weights.safetensors": .string(try Digest.of(file: file)),
        "card.md": .string(try Digest.of(file: url.appendingPathComponent("card.md"))),
      ])
    }
  }

  private func changeDescription(of url: URL, _ change: (inout [String: ConfigurationNode]) throws -> Void)
    throws
  {
    let file = url.appendingPathComponent("bundle.json")
    var keys = try JSONDecoder().decode([String: ConfigurationNode].self, from: Data(contentsOf: file))
    try change(&keys)
    try AtomicFile.write(json: keys, to: file)
  }

  @Test func aBundleIsReadBack() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("bundle")
      let bundle = try write(to: url)
      try bundle.verify()
      #expect(bundle.description.name == "sample" && bundle.description.schemaVersion == 1)
      #expect(
        bundle.description.provenance.trainingSlices == 2 && bundle.description.provenance.bestEpoch == 7)
      #expect(bundle.description.configuration.recipe.zRange == [10, 20])
      #expect(abs(try bundle.description.calibration.threshold(atRate: 0.01) - 9900) < 6)
      let batch = try MethodMatrixTests.batch(1)
      let scorer = try bundle.scorer(device: .cpu)
      let scaled = try scorer.chain.scaled(scorer.score(batch).map).values()
      let plain = try scorer.method.score(batch).map.values()
      #expect(distance(scaled, plain.map { $0 * 2 }) < 1e-6)
      let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
      #expect(names == ["bundle.json", "card.md", "weights.safetensors"])
      #expect(Set(bundle.description.files.keys) == ["card.md", "weights.safetensors"])

      // Writing again replaces the bundle and leaves no other files.
      #expect(try write(to: url).description == bundle.description)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["bundle"])
    }
  }

  @Test func theCardDescribesTheBundle() throws {
    try withTemporaryFolder { folder in
      let bundle = try write(to: folder.appendingPathComponent("bundle"))
      let card = bundle.url.appendingPathComponent("card.md")
      let text = try String(contentsOf: card, encoding: .utf8)
      for part in ["Research use only", "Two phantoms.", "1 scans, 2 slices", "z 10.0 to 20.0 mm", "| 5 % |"]
      {
        #expect(text.contains(part), "\(part)")
      }
      try bundle.addToCard(section: "Results", text: "First.")
      try ModelBundle(contentsOf: bundle.url).addToCard(section: "Results", text: "Second.")
      let changed = try String(contentsOf: card, encoding: .utf8)
      #expect(changed == text + "\n## Results\n\nSecond.\n")
      _ = try ModelBundle(contentsOf: bundle.url)
    }
  }

  @Test func lesionsThatWerePaintedAreNotLabels() throws {
    try withTemporaryFolder { folder in
      var description = try write(to: folder.appendingPathComponent("bundle")).description
      #expect(!description.sawLesionMasks)
      description.configuration.training.exclusion = .none
      #expect(description.sawLesionMasks)
      description.provenance.isSynthetic = true
      #expect(!description.sawLesionMasks)
      let card = ModelCard(description).text
      for part in ["with painted lesions; it saw no lesion mask", "1 anatomies, 2 slices"] {
        #expect(card.contains(part), "\(part)")
      }
    }
  }

  enum Damage: CaseIterable {
    case noDescription, noJSON, noVersion, newerVersion, noName, flippedWeights, changedCard, noWeights,
      missingTensor
    case otherShape, noDeviation, otherDeviation, otherNumbers, unknownMethod, noChecksum

    /// The kind of the problem, the file that it names and words of its message.
    var expected: (kind: Problem.Kind, place: String, words: [String]) {
      switch self {
      case .noDescription: (.missingInput, "", ["not a bundle"])
      case .noJSON, .noVersion: (.badData, "bundle.json", ["no schemaVersion"])
      case .newerVersion: (.badData, "bundle.json", ["schema version 2", "reads 1"])
      case .noName: (.badData, "bundle.json", ["does not match its schema", "name"])
      case .flippedWeights: (.badData, "weights.safetensors", ["sha256", "expected"])
      case .changedCard: (.badData, "card.md", ["sha256", "expected"])
      case .noWeights: (.missingInput, "weights.safetensors", ["cannot be opened"])
      case .missingTensor: (.badData, "weights.safetensors", ["encoder.1.norm.weight", "[8]", "missing"])
      case .otherShape: (.badData, "weights.safetensors", ["code.mean.bias", "[5]", "[6]"])
      case .noDeviation: (.badData, "weights.safetensors", ["scoring.deviation", "[32, 32]", "missing"])
      case .otherDeviation: (.badData, "weights.safetensors", ["scoring.deviation", "[16, 16]", "[32, 32]"])
      case .otherNumbers: (.badData, "", ["output of the model has changed"])
      case .noChecksum: (.badData, "bundle.json", ["no checksum of weights.safetensors"])
      case .unknownMethod: (.badData, "bundle.json", ["no method 'other'"])
      }
    }
  }

  private func damage(_ url: URL, _ damage: Damage) throws {
    let file = url.appendingPathComponent("bundle.json"),
      weights = url.appendingPathComponent("weights.safetensors")
    switch damage {
    case .noDescription: try FileManager.default.removeItem(at: file)
    case .noJSON: try AtomicFile.write("{", to: file)
    case .noVersion: try changeDescription(of: url) { $0["schemaVersion"] = nil }
    case .newerVersion: try changeDescription(of: url) { $0["schemaVersion"] = .int(2) }
    case .noName: try changeDescription(of: url) { $0["name"] = nil }
    case .flippedWeights:
      var bytes = try Data(contentsOf: weights)
      bytes[bytes.count - 5] ^= 1
      try AtomicFile.write(bytes, to: weights)
    case .changedCard: try AtomicFile.write("A diagnostic device.", to: url.appendingPathComponent("card.md"))
    case .noWeights: try FileManager.default.removeItem(at: weights)
    case .missingTensor: try replaceWeights(of: url) { $0["model.encoder.1.norm.weight"] = nil }
    case .otherShape: try replaceWeights(of: url) { $0["model.code.mean.bias"] = try .zeros([5]) }
    case .noDeviation: try replaceWeights(of: url) { $0["scoring.deviation"] = nil }
    case .otherDeviation: try replaceWeights(of: url) { $0["scoring.deviation"] = try .ones([16, 16]) }
    case .otherNumbers: try replaceWeights(of: url) { $0["model.output.bias"] = try .full([1], -3) }
    case .noChecksum: try changeDescription(of: url) { $0["files"] = .map([:]) }
    case .unknownMethod:
      try changeDescription(of: url) { keys in
        guard case .map(var configuration)? = keys["configuration"] else { return }
        configuration["method"] = .string("other")
        keys["configuration"] = .map(configuration)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func aDamagedBundleIsRefused(damage: Damage) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("bundle")
      _ = try write(to: url)
      try self.damage(url, damage)
      let problem = try problem { try ModelBundle(contentsOf: url).verify() }
      #expect(problem.kind == damage.expected.kind, "\(problem)")
      #expect(problem.location.hasSuffix(damage.expected.place), "\(problem)")
      for word in damage.expected.words { #expect(problem.what.contains(word), "\(problem)") }
    }
  }

  @Test func anUnknownNameIsRefused() throws {
    let problem = try problem { try ModelBundle(named: "no-such-bundle") }
    #expect(problem.kind == .missingInput && problem.what.contains("no-such-bundle"))
  }

  @Test func originIsShippedOrAFolder() throws {
    #expect(try ModelBundle(named: ModelBundle.defaultNameForSlices).origin == "shipped with Norma")
    let url = try TrainedBundle.bundle.url
    #expect(try ModelBundle(named: url.path).origin == url.path)
  }

  /// A NIfTI file of one slice is a slice as a PNG file is.
  @Test(arguments: [
    Row("axial", ([20, 24, 1], true)), Row("coronal", ([20, 1, 24], true)),
    Row("volume", ([20, 24, 2], false)),
  ])
  func theDefaultBundleFollowsTheNumberOfSlices(row: Row<([Int], Bool)>) throws {
    let (shape, isSlice) = row.body
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("scan.nii.gz"), png = folder.appendingPathComponent("a.png")
      try NIfTI.write(Volume(geometry: Geometry(shape: shape, affine: .identity), repeating: 1), to: file)
      func name(_ files: URL...) -> String { ModelBundle.defaultName(for: files.map { ScanCase(scan: $0) }) }
      let expected = isSlice ? ModelBundle.defaultNameForSlices : ModelBundle.defaultNameForVolumes
      #expect(name(file) == expected && name(png, file) == expected)
      #expect(name(folder.appendingPathComponent("missing.nii")) == ModelBundle.defaultNameForVolumes)
    }
  }

  @Test(arguments: ModelBundle.shippedNames)
  func everyShippedBundleIsComplete(name: String) throws { try ModelBundle(named: name).verify() }

  @Test(arguments: ModelBundle.shippedNames)
  func everyShippedCardBeginsWithTheGeneratedText(name: String) throws {
    let bundle = try ModelBundle(named: name)
    let card = try String(contentsOf: bundle.url.appendingPathComponent("card.md"), encoding: .utf8)
    #expect(card.hasPrefix(ModelCard(bundle.description).text + "\n## "))
  }
}
