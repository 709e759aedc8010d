public import Cohort
import StrictSettings

/// What a simulated cohort looks like; the same options give the same files, byte for byte.
public struct SimulationOptions: Codable, Equatable, Sendable {
  /// Number of people.
  public var cases: Int
  /// Everything random follows from it.
  public var seed: UInt64
  /// Size of the scan's voxels in mm, x to the right, y to the front, z up.
  public var voxelSize: [Double]
  /// Where given, only slices whose centre has a z in this range (world mm) are made.
  public var zRange: ClosedRange<Double>?
  /// Share of the people without lesions to train on, 0...1.
  public var trainFraction: Double
  /// Share of the people without lesions to calibrate on, 0...1; all others are patients to test on.
  public var validationFraction: Double

  /// A cohort of `cases` people, 60 % to train, 20 % to validate, 20 % with lesions to test.
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

  /// The part that the person of this index (from 0) belongs to: first train, then validation, then test.
  public func split(of index: Int) -> Split {
    let train = Int((Double(cases) * trainFraction).rounded())
    let validation = Int((Double(cases) * (trainFraction + validationFraction)).rounded())
    return index < train ? .train : index < validation ? .validation : .test
  }

  /// Throws `ConfigurationError.outOfRange` for the first option that is out of range.
  package func validate() throws {
    func require(_ isValid: Bool, _ path: String, _ value: Any, _ allowed: String) throws {
      guard isValid else {
        throw ConfigurationError.outOfRange(path: path, value: "\(value)", allowed: allowed)
      }
    }
    try require(cases >= 1, "cases", cases, "1 or more")
    try require(
      voxelSize.count == 3 && voxelSize.allSatisfy { (0.25...20).contains($0) }, "voxelSize", voxelSize,
      "three sizes from 0.25 to 20 mm")
    try require((0...1).contains(trainFraction), "trainFraction", trainFraction, "0 to 1")
    try require(
      validationFraction >= 0 && trainFraction + validationFraction <= 1, "validationFraction",
      validationFraction, "0 or more, at most 1 together with trainFraction")
  }
}
