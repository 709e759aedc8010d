public import Tensors

/// A value-configured model with two verbs: learn from a batch, and score one.
///
/// Everything a method knows lies in its ``state``; randomness comes only from the contexts it is given, so
/// that a run can be stopped and resumed bit for bit. To add a method, conform to this protocol and register it.
public protocol Method: AnyObject, SendableMetatype {
  associatedtype ModelSettings: Settings
  /// The name in configurations and tables.
  static var name: String { get }
  /// One line for listings.
  static var summary: String { get }
  /// Whether it must be shown lesions with their masks; most methods may not.
  static var learnsFromLesions: Bool { get }

  /// Builds the untrained model; throws when the settings do not fit the image size.
  init(settings: ModelSettings, context: MethodContext) throws

  /// Learns from slices, lesion-free but for methods that learn from lesions, and reports the losses before the update.
  func step(_ batch: Batch, _ context: StepContext) throws -> Losses
  /// Losses without learning; their total on the validation slices chooses the checkpoint. Nil where no
  /// loss can choose, as for a lone generator: then the weights of the last epoch stand.
  func validationLosses(_ batch: Batch) throws -> Losses?
  /// The anomaly map, and a reconstruction where the method makes one. Never learns; draws only from `draws`,
  /// which keeps dropout on and samples a random code; without it, every call gives the same.
  func score(_ batch: Batch, draws: Generator?) throws -> AnomalyScore

  /// What scoring needs, by name; the bundle's weights.
  var state: [String: Tensor] { get throws }
  /// Restores ``state``; throws when a tensor is missing or has another shape.
  func load(state: [String: Tensor]) throws
  /// What only training needs, by name.
  var optimizerState: [String: Tensor] { get throws }
  /// Restores ``optimizerState``.
  func load(optimizerState: [String: Tensor]) throws
}

extension Method {
  /// The rule: what is not normal is not shown.
  public static var learnsFromLesions: Bool { false }
  /// The score without draws.
  public func score(_ batch: Batch) throws -> AnomalyScore { try score(batch, draws: nil) }
  /// A method without optimiser keeps nothing.
  public var optimizerState: [String: Tensor] { [:] }
  /// Nothing to restore.
  public func load(optimizerState: [String: Tensor]) throws {}
}

/// What a method is built for.
public struct MethodContext: Sendable {
  /// Side of the square input in pixels.
  public var imageSize: Int
  /// Where it computes.
  public var device: Device
  /// Seeds the initial weights.
  public var seed: UInt64
  /// What of the difference between input and reconstruction counts.
  public var residual: Residual
  /// How exactly networks compute while they are trained; scoring is always exact.
  public var precision: Precision

  /// A context; the defaults are those of a test.
  public init(
    imageSize: Int, device: Device = .cpu, seed: UInt64 = 0, residual: Residual = .positive,
    precision: Precision = .float32
  ) {
    (self.imageSize, self.device, self.seed) = (imageSize, device, seed)
    (self.residual, self.precision) = (residual, precision)
  }
}

extension MethodContext {
  /// Runs a network: exactly when scoring, in ``precision`` when training.
  func compute(_ training: Bool, _ body: () throws -> Tensor) throws -> Tensor {
    try (training ? precision : .float32)(on: device, body)
  }
}

/// How exactly a network computes while it is trained.
public enum Precision: String, Codable, Hashable, Sendable, CaseIterable {
  case float32
  /// Convolutions and matrix products in bfloat16, everything else and the weights in float32.
  case bfloat16

  /// Runs a forward pass in this precision; the result is float32.
  func callAsFunction(on device: Device, _ body: () throws -> Tensor) throws -> Tensor {
    switch self {
    case .float32: try body()
    case .bfloat16: try mixedPrecision(on: device, body).to(.float32)
    }
  }
}

/// What a training step is given.
public struct StepContext {
  /// The rate of the schedule at this step.
  public var learningRate: Double
  /// Share of all steps already done, 0 to less than 1, for methods that train in stages.
  public var progress: Double
  /// Draws of this step; seeded by run seed and step, so a resumed run draws the same.
  public var generator: Generator
  /// What this process computes of the batch; nil for all of it.
  var share: BatchShare?

  /// A step's context.
  public init(learningRate: Double, progress: Double = 0, generator: Generator) {
    (self.learningRate, self.progress, self.generator) = (learningRate, progress, generator)
  }

  /// One seed a slice, from the step's draws.
  func seeds(count: Int) throws -> [UInt64] {
    let draw = try Tensor.rand([2], generator: generator.forAllRows).values().map { UInt64($0 * 0x1p24) }
    return (0..<count).map { index in
      let number = UInt64((share?.range.lowerBound ?? 0) + index)
      var seeds = SeededGenerator(seed: draw[0] << 24 | draw[1], place: number)
      return seeds.next()
    }
  }
}

/// Slices on their way through a model.
public struct Batch: Sendable {
  /// (batch, 1, size, size), normalised by the recipe, 0 outside the brain.
  public let images: Tensor
  /// (batch, 1, size, size), 1 inside the brain and 0 outside.
  public let brain: Tensor
  /// (batch, 1, size, size), share of each pixel that is lesion, 0 to 1; nil where lesions are not shown as such.
  public let lesions: Tensor?
  /// Template-space z in mm of each slice; nil where it is not known.
  public let levels: [Double?]
  /// (batch, 2, size, size), mean of healthy brightness at each pixel in z and one over its standard deviation, 0 where
  /// little was seen there; nil where nothing is known.
  var normal: Tensor?
  /// The slice after the last where the batch is a share of a larger one; on the processor.
  var following: BatchSlice?

  /// A batch; all tensors of one shape, without `levels` none is known.
  public init(images: Tensor, brain: Tensor, lesions: Tensor? = nil, levels: [Double?]? = nil) {
    (self.images, self.brain, self.lesions) = (images, brain, lesions)
    self.levels = levels ?? Array(repeating: nil, count: images.shape[0])
  }

  /// Slices per batch.
  public var count: Int { images.shape[0] }
}

/// Named losses of a step, averaged per slice.
public struct Losses: Hashable, Sendable {
  /// What is minimised.
  public var total: Double
  /// Its parts by name, for the log.
  public var parts: [String: Double]

  /// Losses of one step.
  public init(total: Double, parts: [String: Double] = [:]) { (self.total, self.parts) = (total, parts) }

  /// The mean of several; they must have the same parts.
  init(mean losses: [Losses]) {
    let share = 1 / Double(losses.count)
    self.init(total: 0)
    for one in losses {
      total += one.total * share
      for (name, value) in one.parts { parts[name, default: 0] += value * share }
    }
  }

  /// The same total with more parts for the log.
  func with(_ parts: [String: Double]) -> Losses {
    Losses(total: total, parts: self.parts.merging(parts) { $1 })
  }
}

/// What a method says about a batch.
public struct AnomalyScore: Sendable {
  /// (batch, 1, size, size): 0 = as expected, larger = more anomalous, never negative; 0 outside the brain.
  public let map: Tensor
  /// (batch, 1, size, size): the input as the model would have it, for methods that reconstruct.
  public let reconstruction: Tensor?

  /// A score; `map` must not be negative.
  public init(map: Tensor, reconstruction: Tensor? = nil) {
    (self.map, self.reconstruction) = (map, reconstruction)
  }

  /// The residual of a reconstruction; both count inside the brain only.
  init(_ batch: Batch, reconstruction: Tensor, residual: Residual) throws {
    let inside = try reconstruction * batch.brain
    self.init(
      map: try residual.map(of: batch.images, reconstruction: inside) * batch.brain, reconstruction: inside)
  }
}
