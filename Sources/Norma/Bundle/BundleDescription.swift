/// The contents of `bundle.json`.
public struct BundleDescription: Codable, Hashable, Sendable {
  /// The version of this layout.
  public var schemaVersion: Int
  /// The name of the bundle in reports and sidecars.
  public var name: String
  /// The version of Norma that wrote the bundle.
  public var normaVersion: String
  /// The configuration of the model.
  public var configuration: Configuration
  /// The thresholds by false-positive rate.
  public var calibration: Calibration
  /// The properties of the training scans; nil if they were not measured.
  public var domain: InputDomain?
  /// The origin of the model.
  public var provenance: Provenance
  /// The output of the model for a synthetic slice.
  public var selfTest: SelfTest
  /// The SHA-256 of every other file of the bundle.
  public var files: [String: String]

  /// The origin of a model.
  public struct Provenance: Codable, Hashable, Sendable {
    /// The engine and its version.
    public var engine: String
    /// The SHA-256 of all training and validation inputs and the recipe.
    public var dataSHA256: String
    /// The number of training scans.
    public var trainingCases: Int
    /// The number of training slices.
    public var trainingSlices: Int
    /// The number of validation scans, which selected the weights and the thresholds, or of validation
    /// anatomies, which selected the weights.
    public var validationCases: Int
    /// The number of validation slices.
    public var validationSlices: Int
    /// The seed of the run.
    public var seed: Int
    /// The number of epochs; 0 for methods without epochs.
    public var epochs: Int
    /// The epoch whose weights are in the bundle.
    public var bestEpoch: Int
    /// The description of participants and scans, given at training.
    public var data: String
    /// True if the slices were made from anatomies, which the cases then are; nil for those of scans.
    public var isSynthetic: Bool?
  }

  /// Whether lesion masks of scans were learned from; painted lesions are not.
  public var sawLesionMasks: Bool {
    configuration.training.exclusion == .none && provenance.isSynthetic != true
  }

  /// The score of a synthetic slice, from which ``ModelBundle/verify(device:)`` detects changes.
  public struct SelfTest: Codable, Hashable, Sendable {
    /// The mean of the raw map.
    public var mean: Double
    /// The maximum of the raw map.
    public var maximum: Double
  }
}
