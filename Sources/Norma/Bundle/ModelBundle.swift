import Methods
import Base
public import Foundation
public import Tensors

/// A trained model with its configuration: a folder of `bundle.json`, `weights.safetensors` and `card.md`.
public struct ModelBundle: Sendable {
  /// The version of the schema that this code reads and writes.
  public static let schemaVersion = 1
  static let descriptionFile = "bundle.json"
  static let weightsFile = "weights.safetensors"
  static let cardFile = "card.md"

  /// The folder of the bundle.
  public let url: URL
  /// The contents of `bundle.json`.
  public let description: BundleDescription

  /// Opens a bundle and checks its schema and the SHA-256 of its files.
  ///
  /// - Throws: A ``Problem`` of kind `missingInput` if a file is missing, `badData` if one is damaged or has
  ///   another schema version.
  public init(contentsOf url: URL) throws {
    let file = url.appendingPathComponent(Self.descriptionFile)
    guard let data = try? Data(contentsOf: file) else {
      throw Problem(
        .missingInput, "the folder is not a bundle", at: url.path,
        advice: "give a folder that contains bundle.json")
    }
    struct Version: Decodable { var schemaVersion: Int }
    guard let version = try? JSONDecoder().decode(Version.self, from: data).schemaVersion else {
      throw Problem(
        .badData, "bundle.json has no schemaVersion", at: file.path, advice: "download the bundle again")
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
        .badData, "bundle.json does not match its schema: \(reason?.what ?? "\(error)")", at: file.path,
        advice: "download the bundle again\(reason.map { "; \($0.advice)" } ?? "")")
    }
    self.url = url
    for name in [Self.weightsFile, Self.cardFile] where description.files[name] == nil {
      throw Problem(
        .badData, "bundle.json has no checksum of \(name)", at: file.path, advice: "download the bundle again"
      )
    }
    for (name, expected) in description.files.sorted(by: { $0.key < $1.key }) {
      let file = url.appendingPathComponent(name)
      let actual = try Digest.of(file: file)
      guard actual == expected else {
        throw Problem(
          .badData,
          "the checksum of the file differs: sha256 \(actual), expected \(expected)",
          at: file.path, advice: "download the bundle again; do not use this one")
      }
    }
  }

  /// Creates the method and loads its weights.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if a tensor is missing or has another shape.
  package func scorer(device: Device, precision: Precision = .float32) throws -> Scorer {
    let weights = url.appendingPathComponent(Self.weightsFile)
    let configuration = description.configuration
    do {
      let tensors = try Safetensors.read(weights).tensors
        .mapValues { try $0.dtype == .float16 ? $0.to(.float32) : $0 }
      let method = try MethodRegistry.entry(configuration.method)
        .make(
          model: configuration.model,
          context: MethodContext(configuration, device: device, scoringPrecision: precision))
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
        advice: "the weights do not match the configuration of the bundle; download it again")
    }
  }

  /// Checks that the model's output for a synthetic slice is still that at its creation.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if it differs by more than a thousandth.
  public func verify(device: Device = .cpu) throws {
    let actual = try BundleDescription.SelfTest(
      of: scorer(device: device), size: description.configuration.recipe.gridSize)
    let expected = description.selfTest
    let tolerance = 1e-3
    guard abs(actual.mean - expected.mean) <= tolerance * max(1, expected.mean),
      abs(actual.maximum - expected.maximum) <= tolerance * max(1, expected.maximum)
    else {
      throw Problem(
        .badData, "the output of the model has changed: \(actual), expected \(expected)", at: url.path,
        advice: "check the version of the engine with norma doctor, or train the bundle again")
    }
  }

  /// Checks that a bundle may be written to `url`.
  ///
  /// - Throws: A ``Problem`` of kind `cannotCreate` if it exists and is not a bundle.
  package static func requireRoom(at url: URL) throws {
    let manager = FileManager.default
    let contents = try? manager.contentsOfDirectory(atPath: url.path)
    guard
      !manager.fileExists(atPath: url.path) || contents == [] || contents?.contains(descriptionFile) == true
    else {
      throw Problem(
        .cannotCreate, "the folder exists and is not a bundle", at: url.path,
        advice: "give a new folder, or that of a bundle to replace")
    }
  }

  /// Writes a bundle to a temporary folder and moves it to `url`. `isHalf` stores the weights of the method
  /// as float16.
  ///
  /// - Throws: A ``Problem`` of kind `cannotCreate` if `url` exists and is not a bundle.
  package static func write(
    _ scorer: Scorer, configuration: Configuration, calibration: Calibration, domain: InputDomain? = nil,
    provenance: BundleDescription.Provenance, name: String, isHalf: Bool = false, to url: URL
  ) throws {
    try requireRoom(at: url)
    let manager = FileManager.default
    let temporary = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).new")
    try? manager.removeItem(at: temporary)
    defer { try? manager.removeItem(at: temporary) }
    try AtomicFile.makeFolder(temporary)
    var tensors = [String: Tensor]()
    for (name, tensor) in try scorer.method.state {
      tensors["model.\(name)"] = try isHalf && isWeight(name) ? tensor.to(.float16) : tensor
    }
    tensors.merge(scorer.chain.statistics?.state ?? [:]) { model, _ in model }
    try Safetensors.write(
      tensors, metadata: ["format": "norma"], to: temporary.appendingPathComponent(weightsFile))
    var description = BundleDescription(
      schemaVersion: schemaVersion, name: name, normaVersion: NormaVersion.current,
      configuration: configuration, calibration: calibration, domain: domain, provenance: provenance,
      selfTest: try BundleDescription.SelfTest(of: scorer, size: configuration.recipe.gridSize), files: [:])
    try AtomicFile.write(ModelCard(description).text, to: temporary.appendingPathComponent(cardFile))
    for file in [weightsFile, cardFile] {
      description.files[file] = try Digest.of(file: temporary.appendingPathComponent(file))
    }
    try AtomicFile.write(json: description, to: temporary.appendingPathComponent(descriptionFile))
    try? manager.removeItem(at: url)
    try manager.moveItem(at: temporary, to: url)
    WholeFile.flushNames(in: url.deletingLastPathComponent())
  }

  /// Returns true if a tensor belongs to a layer. Sums over participants need full precision.
  static func isWeight(_ name: String) -> Bool { name.hasSuffix("weight") || name.hasSuffix("bias") }

  /// Adds or replaces a section at the end of the model card and updates its checksum.
  ///
  /// - Throws: A ``Problem`` if the card cannot be written, or the error of the file system if it cannot be
  ///   read.
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
  /// Scores a disc with an intensity ramp and a bright square.
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
  init(_ configuration: Configuration, device: Device, scoringPrecision: Precision = .float32) {
    self.init(
      imageSize: configuration.recipe.gridSize, device: device, seed: UInt64(configuration.training.seed),
      residual: configuration.scoring.residual, precision: configuration.training.precision,
      scoringPrecision: scoringPrecision)
  }
}
