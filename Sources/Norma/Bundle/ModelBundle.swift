import Cohort
import Methods
import Base
public import Foundation
public import Tensors

/// A trained model with all that its use needs: a folder with `bundle.json`, `weights.safetensors`, `card.md`.
public struct ModelBundle: Sendable {
  /// The version this code writes and reads.
  public static let schemaVersion = 1
  static let descriptionFile = "bundle.json"
  static let weightsFile = "weights.safetensors"
  static let cardFile = "card.md"

  /// The folder.
  public let url: URL
  /// What `bundle.json` says.
  public let description: BundleDescription

  /// Opens a bundle and checks its schema and the SHA-256 of its files. Throws a ``Problem``.
  public init(contentsOf url: URL) throws {
    let file = url.appendingPathComponent(Self.descriptionFile)
    guard let data = try? Data(contentsOf: file) else {
      throw Problem(
        .missingInput, "there is no bundle", at: url.path,
        advice: "a bundle is a folder that holds bundle.json")
    }
    struct Version: Decodable { var schemaVersion: Int }
    guard let version = try? JSONDecoder().decode(Version.self, from: data).schemaVersion else {
      throw Problem(
        .badData, "bundle.json has no schemaVersion", at: file.path, advice: "fetch the bundle again")
    }
    guard version == Self.schemaVersion else {
      throw Problem(
        .badData, "the bundle has schema version \(version); this Norma reads \(Self.schemaVersion)",
        at: file.path,
        advice: version > Self.schemaVersion ? "use a newer Norma" : "train the bundle again")
    }
    do {
      description = try JSONDecoder().decode(BundleDescription.self, from: data)
    } catch {
      let reason = (error as? any ProblemReport)?.problem ?? error as? Problem
      throw Problem(
        .badData, "bundle.json does not fit its schema: \(reason?.what ?? "\(error)")", at: file.path,
        advice: "fetch the bundle again\(reason.map { "; \($0.advice)" } ?? "")")
    }
    self.url = url
    for name in [Self.weightsFile, Self.cardFile] where description.files[name] == nil {
      throw Problem(
        .badData, "bundle.json lists no checksum of \(name)", at: file.path, advice: "fetch the bundle again")
    }
    for (name, expected) in description.files.sorted(by: { $0.key < $1.key }) {
      let part = url.appendingPathComponent(name)
      let actual = try Digest.of(file: part)
      guard actual == expected else {
        throw Problem(
          .badData,
          "the file differs from what the bundle was made with: sha256 \(actual), expected \(expected)",
          at: part.path, advice: "fetch the bundle again; do not use this one")
      }
    }
  }

  /// Builds the method and loads its weights; throws when a tensor is missing or shaped otherwise.
  package func scorer(device: Device) throws -> Scorer {
    let weights = url.appendingPathComponent(Self.weightsFile)
    let configuration = description.configuration
    do {
      let tensors = try Safetensors.read(weights).tensors
        .mapValues { try $0.dtype == .float16 ? $0.to(.float32) : $0 }
      let method = try MethodRegistry.entry(configuration.method)
        .make(model: configuration.model, context: MethodContext(configuration, device: device))
      try method.load(state: tensors.dropping(prefix: "model."))
      return Scorer(
        method: method, settings: configuration.scoring,
        statistics: try ScoreStatistics(
          state: tensors, settings: configuration.scoring, size: configuration.recipe.gridSize, device: device
        ),
        device: device)
    } catch let error as ParameterError {
      throw Problem(
        .badData, "\(error)", at: weights.path,
        advice: "the bundle does not fit its configuration; fetch it again")
    }
  }

  /// Runs the model on the fixed slice and compares with what it gave when it was made.
  public func verify(device: Device = .cpu) throws {
    let actual = try BundleDescription.SelfTest(
      of: scorer(device: device), size: description.configuration.recipe.gridSize)
    let expected = description.selfTest
    let tolerance = 1e-3
    guard abs(actual.mean - expected.mean) <= tolerance * max(1, expected.mean),
      abs(actual.maximum - expected.maximum) <= tolerance * max(1, expected.maximum)
    else {
      throw Problem(
        .badData, "the model does not compute what it did: \(actual), expected \(expected)", at: url.path,
        advice: "check the engine's version with norma doctor, or train the bundle again")
    }
  }

  /// Throws a ``Problem`` where something lies at `url` that is no bundle, and so is not to be replaced by one.
  package static func requireRoom(at url: URL) throws {
    let manager = FileManager.default
    let contents = try? manager.contentsOfDirectory(atPath: url.path)
    guard
      !manager.fileExists(atPath: url.path) || contents == [] || contents?.contains(descriptionFile) == true
    else {
      throw Problem(
        .cannotCreate, "something else than a bundle is there", at: url.path,
        advice: "give a new folder, or that of a bundle to be replaced")
    }
  }

  /// Writes a bundle whole: into a folder beside `url` that then takes its place. `isHalf` keeps the method's weights
  /// as numbers of 16 bits. Throws a ``Problem`` where something else lies there.
  package static func write(
    _ scorer: Scorer, configuration: Configuration, calibration: Calibration, domain: InputDomain? = nil,
    provenance: BundleDescription.Provenance, name: String, isHalf: Bool = false, to url: URL
  ) throws {
    try requireRoom(at: url)
    let manager = FileManager.default
    let fresh = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).new")
    try? manager.removeItem(at: fresh)
    defer { try? manager.removeItem(at: fresh) }
    try AtomicFile.makeFolder(fresh)
    var tensors = [String: Tensor]()
    for (name, tensor) in try scorer.method.state {
      tensors["model.\(name)"] = try isHalf && isWeight(name) ? tensor.to(.float16) : tensor
    }
    tensors.merge(scorer.chain.statistics?.state ?? [:]) { model, _ in model }
    try Safetensors.write(
      tensors, metadata: ["format": "norma"], to: fresh.appendingPathComponent(weightsFile))
    var description = BundleDescription(
      schemaVersion: schemaVersion, name: name, normaVersion: NormaVersion.current,
      configuration: configuration,
      calibration: calibration, domain: domain, provenance: provenance,
      selfTest: try BundleDescription.SelfTest(of: scorer, size: configuration.recipe.gridSize), files: [:])
    try AtomicFile.write(ModelCard(description).text, to: fresh.appendingPathComponent(cardFile))
    for file in [weightsFile, cardFile] {
      description.files[file] = try Digest.of(file: fresh.appendingPathComponent(file))
    }
    try AtomicFile.write(json: description, to: fresh.appendingPathComponent(descriptionFile))
    try? manager.removeItem(at: url)
    try manager.moveItem(at: fresh, to: url)
    WholeFile.flushNames(in: url.deletingLastPathComponent())
  }

  /// Whether a tensor belongs to a layer: sums over people need all their digits.
  static func isWeight(_ name: String) -> Bool { name.hasSuffix("weight") || name.hasSuffix("bias") }

  /// Adds a section to the model card and renews its checksum.
  public func addToCard(section: String, text: String) throws {
    let card = url.appendingPathComponent(Self.cardFile)
    let old = try String(contentsOf: card, encoding: .utf8)
    let kept = old.components(separatedBy: "\n## \(section)\n").first ?? old
    try AtomicFile.write("\(kept)\n## \(section)\n\n\(text)\n", to: card)
    var changed = description
    changed.files[Self.cardFile] = try Digest.of(file: card)
    try AtomicFile.write(json: changed, to: url.appendingPathComponent(Self.descriptionFile))
  }
}

extension BundleDescription.SelfTest {
  /// Scores a disc with a ramp and a bright square.
  init(of scorer: Scorer, size: Int) throws {
    var image = [Float](repeating: 0, count: size * size), brain = image
    let middle = Float(size - 1) / 2
    for y in 0..<size {
      for x in 0..<size {
        let (dx, dy) = ((Float(x) - middle) / middle, (Float(y) - middle) / middle)
        guard dx * dx + dy * dy < 0.64 else { continue }
        brain[y * size + x] = 1
        image[y * size + x] = abs(dx - 0.3) < 0.1 && abs(dy) < 0.1 ? 1 : 0.5 + 0.1 * dx
      }
    }
    let shape = [1, 1, size, size]
    let batch = Batch(images: try Tensor(image, shape: shape), brain: try Tensor(brain, shape: shape))
    let map = try scorer.chain.scaled(scorer.method.score(batch.on(scorer.device)).map)
    self.init(mean: Double(try map.mean().item()), maximum: Double(try map.max().item()))
  }
}

extension MethodContext {
  init(_ configuration: Configuration, device: Device) {
    self.init(
      imageSize: configuration.recipe.gridSize, device: device, seed: UInt64(configuration.training.seed),
      residual: configuration.scoring.residual, precision: configuration.training.precision)
  }
}
