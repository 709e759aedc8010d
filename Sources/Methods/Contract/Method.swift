public import StrictSettings
public import Tensors

/// A model with settings of its own that learns from batches of slices and scores them.
///
/// All that a method has learned is in its ``state``, and its random numbers come only from the contexts that
/// it is given. A run can therefore be stopped and resumed bit for bit. To add a method, conform to this
/// protocol and register the type.
public protocol Method: AnyObject, SendableMetatype {
  associatedtype ModelSettings: Settings
  /// The name in configurations and tables.
  static var name: String { get }
  /// One line for listings.
  static var summary: String { get }
  /// What tables, plots and commands need to know about it.
  static var metadata: MethodMetadata { get }
  /// Its starting configurations.
  static var presets: [Preset] { get }
  /// Whether it learns from slices with lesions and their masks, which are drawn in scans and painted in
  /// synthetic slices. Such a method requires `training.exclusion` none, which all other methods refuse.
  static var learnsFromLesions: Bool { get }
  /// Whether it computes with z-scores: the recipe's normalisation must then be `robust-z`.
  static func needsZScores(_ settings: ModelSettings) throws -> Bool

  /// Builds the untrained model.
  ///
  /// - Throws: A ``ConfigurationError`` if the settings do not fit the image size, or a `TensorError`.
  init(settings: ModelSettings, context: MethodContext) throws

  /// Learns from a batch and returns the losses before the update. The slices show no lesions, except to
  /// methods that learn from them.
  ///
  /// - Throws: A `TensorError`, here and wherever the method computes.
  func step(_ batch: Batch, _ context: StepContext) throws -> Losses
  /// The losses without learning; their total over the validation slices chooses the checkpoint. Nil where no
  /// loss can choose, as for a generator alone: the weights of the last epoch are then used.
  func validationLosses(_ batch: Batch) throws -> Losses?
  /// Returns the anomaly map, and the reconstruction of a method that makes one. Nothing is learned.
  ///
  /// - Parameters:
  ///   - batch: Slices `[batch, 1, height, width]`.
  ///   - generator: With one, dropout stays on and the latent is a random sample; without one, every call
  ///     gives the same.
  /// - Returns: Maps of the same shape, 0 outside the brain.
  /// - Throws: A `TensorError`.
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore

  /// The tensors that scoring needs, by name: the bundle's weights.
  var state: [String: Tensor] { get throws }
  /// Restores ``state``.
  ///
  /// - Throws: A ``ParameterError`` if a tensor is missing or has another shape.
  func load(state: [String: Tensor]) throws
  /// The tensors that only training needs, by name.
  var optimizerState: [String: Tensor] { get throws }
  /// Restores ``optimizerState``.
  func load(optimizerState: [String: Tensor]) throws
}

extension Method {
  /// The metadata of a network that is trained.
  public static var metadata: MethodMetadata { MethodMetadata() }
  /// No presets.
  public static var presets: [Preset] { [] }
  /// False: an unsupervised method sees no lesion.
  public static var learnsFromLesions: Bool { false }
  /// False: the input may be on any scale.
  public static func needsZScores(_ settings: ModelSettings) throws -> Bool { false }
  /// The score without random numbers.
  public func score(_ batch: Batch) throws -> AnomalyScore { try score(batch, generator: nil) }
  /// Empty, for a method without an optimiser.
  public var optimizerState: [String: Tensor] { [:] }
  /// Nothing to restore.
  public func load(optimizerState: [String: Tensor]) throws {}
}
