public import Cohort
import StrictSettings

/// The options of a simulated cohort. Equal options give equal files, byte for byte.
public struct SimulationOptions: Codable, Equatable, Sendable {
  /// The number of participants.
  public var cases: Int
  /// The seed of all random numbers.
  public var seed: UInt64
  /// The voxel size in mm along x, y and z (RAS+).
  public var voxelSize: [Double]
  /// The range of z in world mm that contains the centres of the slices; nil for all slices.
  public var zRange: ClosedRange<Double>?
  /// The fraction of participants, without lesions, in the training split, 0...1.
  public var trainFraction: Double
  /// The fraction of participants, without lesions, in the validation split, 0...1; the rest is for test.
  public var validationFraction: Double
  /// Whether each participant has a T1w beside the FLAIR.
  public var hasT1w = false

  /// Creates options, by default with splits of 60 % for training and 20 % each for validation and test.
  public init(
    cases: Int = 20, seed: UInt64 = 0, voxelSize: [Double] = [1, 1, 3],
    zRange: ClosedRange<Double>? = nil, trainFraction: Double = 0.6, validationFraction: Double = 0.2
  ) {
    self.cases = cases
    self.seed = seed
    self.voxelSize = voxelSize
    self.zRange = zRange
    self.trainFraction = trainFraction
    self.validationFraction = validationFraction
  }

  /// Returns the split of the participant of an index, from 0: first training, then validation, then test.
  public func split(of index: Int) -> Split {
    let train = Int((Double(cases) * trainFraction).rounded())
    let validation = Int((Double(cases) * (trainFraction + validationFraction)).rounded())
    return index < train ? .train : index < validation ? .validation : .test
  }

  /// Refuses options out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)`` for the first.
  package func validate() throws {
    try require(cases >= 1, "", "cases", cases, "1 or more")
    try require(
      voxelSize.count == 3 && voxelSize.allSatisfy { (0.25...20).contains($0) }, "", "voxelSize",
      voxelSize, "three sizes from 0.25 to 20 mm")
    try require((0...1).contains(trainFraction), "", "trainFraction", trainFraction, "0 to 1")
    try require(
      validationFraction >= 0 && trainFraction + validationFraction <= 1, "", "validationFraction",
      validationFraction, "0 or more, at most 1 together with trainFraction")
  }
}
