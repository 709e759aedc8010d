public import StrictSettings
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
  /// Whether it computes with z-scores: the recipe's normalisation must then be `robust-z`.
  static func needsZScores(_ settings: ModelSettings) throws -> Bool

  /// Builds the untrained model; throws when the settings do not fit the image size.
  init(settings: ModelSettings, context: MethodContext) throws

  /// Learns from slices, lesion-free but for methods that learn from lesions, and reports the losses before the update.
  func step(_ batch: Batch, _ context: StepContext) throws -> Losses
  /// Losses without learning; their total on the validation slices chooses the checkpoint. Nil where no
  /// loss can choose, as for a lone generator: then the weights of the last epoch stand.
  func validationLosses(_ batch: Batch) throws -> Losses?
  /// The anomaly map, and a reconstruction where the method makes one. Never learns; draws only from `draws`,
  /// which keeps dropout on and samples a random code; without it, every call gives the same.
  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore

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
  /// A method takes the input on any scale.
  public static func needsZScores(_ settings: ModelSettings) -> Bool { false }
  /// The score without draws.
  public func score(_ batch: Batch) throws -> AnomalyScore { try score(batch, generator: nil) }
  /// A method without optimiser keeps nothing.
  public var optimizerState: [String: Tensor] { [:] }
  /// Nothing to restore.
  public func load(optimizerState: [String: Tensor]) throws {}
}
