import Base
import Cohort
public import Methods
public import Preprocessing
public import StrictSettings
public import Foundation

/// Everything that decides a result: the method, its input, how it is trained, scored and calibrated.
public struct Configuration: Codable, Hashable, Sendable {
  /// Name of the method in ``MethodRegistry``.
  public var method: String
  /// The method's own settings, decoded strictly by the method.
  public var model: ConfigurationNode
  /// What is done to a raw scan.
  public var preprocessing: PreprocessingSettings
  /// How a preprocessed scan is presented to the model.
  public var recipe: Recipe
  /// How it is trained.
  public var training: TrainingSettings
  /// How slices are made from anatomies.
  public var synthesis: SynthesisSettings
  /// How its output becomes the map.
  public var scoring: ScoringSettings
  /// How the threshold is found.
  public var calibration: CalibrationSettings

  /// The defaults of a method.
  ///
  /// - Throws: ``ConfigurationError/unknownName(kind:name:known:)``.
  public init(method: String) throws {
    self.method = method
    model = try MethodRegistry.entry(method).defaults
    preprocessing = PreprocessingSettings()
    recipe = Recipe()
    training = TrainingSettings()
    synthesis = SynthesisSettings()
    scoring = ScoringSettings()
    calibration = CalibrationSettings()
  }

  /// Applies layers of configuration (preset, file, single keys) to the defaults of the method they name.
  /// Later layers win.
  ///
  /// - Throws: A ``ConfigurationError`` for anything unknown or out of range, or a ``Problem`` of kind
  ///   `usage` if no layer names a method.
  public init(layers: [ConfigurationNode]) throws {
    guard case .string(let name)? = layers.compactMap({ $0["method"] }).last else {
      throw Problem(
        .usage, "the configuration names no method", at: "method",
        advice: "choose a preset (\(Preset.all.map(\.name).joined(separator: ", "))) or set the key 'method'")
    }
    var result = try Configuration(method: name)
    for layer in layers { try result.apply(layer) }
    if try MethodRegistry.entry(name).needsZScores(model: result.model) {
      try result.recipe.requireZScores(for: "'\(name)'")
    }
    self = result
  }

  /// Decodes a configuration that another version may have written: keys it lacks have their defaults.
  ///
  /// - Throws: The errors of ``init(layers:)``.
  public init(from decoder: any Swift.Decoder) throws {
    try self.init(layers: [ConfigurationNode(from: decoder)])
  }

  /// Resolves what a user asks for.
  ///
  /// - Parameters:
  ///   - preset: The name of a preset.
  ///   - cohort: A manifest; if its scans are preprocessed, their preprocessing is taken over.
  ///   - file: A YAML or JSON file of keys.
  ///   - settings: Single settings, `key=value`, which win over all others.
  /// - Throws: The errors of ``init(layers:)``, or a ``Problem`` if a file cannot be read.
  public init(preset: String?, cohort: URL? = nil, file: URL? = nil, settings: [String] = []) throws {
    var layers = [ConfigurationNode]()
    if let preset { layers += try Preset.named(preset).nodes }
    if let made = cohort?.deletingLastPathComponent().appendingPathComponent(CaseFiles.preprocessingSettings),
      FileManager.default.fileExists(atPath: made.path)
    {
      layers.append(.map(["preprocessing": try ConfigurationNode(contentsOf: made)]))
    }
    if let file { layers.append(try ConfigurationNode(contentsOf: file)) }
    layers += try settings.map(ConfigurationNode.init(setting:))
    try self.init(layers: layers)
  }

  /// Returns the configuration with other settings of groups that a trained model does not depend on: `scoring`
  /// and `calibration`.
  ///
  /// - Throws: A ``Problem`` for a key of another group, or a ``ConfigurationError``.
  func recalibrated(with settings: [String]) throws -> Configuration {
    var result = self
    for setting in settings {
      let node = try ConfigurationNode(setting: setting)
      guard node["scoring"] != nil || node["calibration"] != nil else {
        throw Problem(
          .usage,
          "a trained model cannot be recalibrated with another '\(node.leaves.first?.path ?? setting)'",
          at: "--set", advice: "set keys of scoring or calibration, or train again")
      }
      try result.apply(node)
    }
    guard result.scoring.statisticsKeys == scoring.statisticsKeys else {
      throw Problem(
        .usage,
        "the statistics of the map are measured on training slices, which the bundle does not contain",
        at: "--set", advice: "keep scoring.normalization and scoring.statistics*, or train again")
    }
    return result
  }

  private mutating func apply(_ layer: ConfigurationNode) throws {
    guard case .map(let groups) = layer else {
      throw ConfigurationError.wrongType(
        path: "configuration", expected: "a group of keys", actual: layer.kind)
    }
    for (key, value) in groups.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "method": break
      case "model": model = try MethodRegistry.entry(method).resolve(value, model)
      case "preprocessing":
        preprocessing = try PreprocessingSettings(strict: value, over: preprocessing, path: key)
      case "recipe": recipe = try Recipe(strict: value, over: recipe, path: key)
      case "training": training = try TrainingSettings(strict: value, over: training, path: key)
      case "synthesis": synthesis = try SynthesisSettings(strict: value, over: synthesis, path: key)
      case "scoring": scoring = try ScoringSettings(strict: value, over: scoring, path: key)
      case "calibration": calibration = try CalibrationSettings(strict: value, over: calibration, path: key)
      default:
        let known = [
          "method", "model", "preprocessing", "recipe", "training", "synthesis", "scoring", "calibration",
        ]
        throw ConfigurationError.unknownKey(path: key, nearest: nearestName(to: key, in: known))
      }
    }
  }
}

extension Recipe {
  /// The default recipe with settings such as `recipe.gridSize=128`.
  ///
  /// - Throws: A ``ConfigurationError`` for any other key or a value out of range.
  public init(settings: [String]) throws {
    self.init()
    for setting in settings {
      let node = try ConfigurationNode(setting: setting)
      guard let recipe = node["recipe"] else {
        throw ConfigurationError.unknownKey(path: node.leaves.first?.path ?? setting, nearest: nil)
      }
      self = try Recipe(strict: recipe, over: self, path: "recipe")
    }
  }
}

/// How a network is trained.
public struct TrainingSettings: Settings {
  /// Passes over the training slices; 0 for methods that learn nothing.
  public var epochs = 60
  /// Slices per update.
  public var batchSize = 8
  /// Adam's learning rate at the start.
  public var learningRate = 1e-3
  /// The learning rate at the end of the cosine schedule.
  public var finalLearningRate = 1e-5
  /// Probability that a training slice is mirrored left to right.
  public var mirror = 0.5
  /// What scans with lesions lose in training and calibration.
  public var exclusion = LesionExclusion.slices
  /// Number of folds that the participants in training and validation are divided into, each of which
  /// validates once (cross-fitting); 0 = the splits of the manifest.
  public var folds = 0
  /// The fold that validates, counted from 0; the others train.
  public var fold = 0
  /// Epochs without a better validation loss before training stops; 0 = never.
  public var patience = 0
  /// The precision of networks during training.
  public var precision = Precision.float32
  /// The seed of the initial weights, the order of the slices and all random numbers.
  public var seed = 0

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require((0...100_000).contains(epochs), path, "epochs", epochs, "0 to 100000")
    try require((1...4096).contains(batchSize), path, "batchSize", batchSize, "1 to 4096")
    try require(
      learningRate > 0 && learningRate <= 1, path, "learningRate", learningRate, "more than 0, at most 1")
    try require(
      finalLearningRate >= 0 && finalLearningRate <= learningRate, path, "finalLearningRate",
      finalLearningRate,
      "0 to training.learningRate")
    try require((0...1).contains(mirror), path, "mirror", mirror, "0 to 1")
    try require(folds == 0 || (2...100).contains(folds), path, "folds", folds, "0, or 2 to 100")
    try require((0..<max(folds, 1)).contains(fold), path, "fold", fold, "0 to less than training.folds")
    try require(patience >= 0, path, "patience", patience, "0 or more")
    try require(seed >= 0, path, "seed", seed, "0 or more")
  }
}
