/// The contents of `bundle.json`.
public struct BundleDescription: Codable, Hashable, Sendable {
  /// The version of this layout.
  public var schemaVersion: Int
  /// The name in reports and sidecars.
  public var name: String
  /// The release that made the bundle.
  public var normaVersion: String
  /// Everything that decides how the model computes.
  public var configuration: Configuration
  /// False-positive rate against threshold.
  public var calibration: Calibration
  /// What the training scans looked like; nil in bundles older than this key.
  public var domain: InputDomain?
  /// Where the model comes from.
  public var provenance: Provenance
  /// What the model says of a fixed slice.
  public var selfTest: SelfTest
  /// SHA-256 of every other file of the bundle.
  public var files: [String: String]

  /// Where a model comes from.
  public struct Provenance: Codable, Hashable, Sendable {
    /// The engine and its version.
    public var engine: String
    /// Hash of all training and validation inputs and the recipe.
    public var dataSHA256: String
    /// Scans trained on.
    public var trainingCases: Int
    /// Lesion-free slices trained on.
    public var trainingSlices: Int
    /// Scans that chose weights and threshold.
    public var validationCases: Int
    /// Lesion-free slices of those.
    public var validationSlices: Int
    /// The run's seed.
    public var seed: Int
    /// Epochs trained, and the one whose weights are in the bundle; 0 for methods without epochs.
    public var epochs: Int
    /// The epoch whose weights are in the bundle.
    public var bestEpoch: Int
    /// Plain words about the people and scans, given at training.
    public var data: String
  }

  /// The score of a fixed synthetic slice, by which `verify` knows that the model still computes the same.
  public struct SelfTest: Codable, Hashable, Sendable {
    /// Mean of the raw map.
    public var mean: Double
    /// Largest value of the raw map.
    public var maximum: Double
  }
}
