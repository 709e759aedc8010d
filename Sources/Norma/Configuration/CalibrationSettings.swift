public import StrictSettings

/// How thresholds are found.
public struct CalibrationSettings: Settings {
  /// Fraction of the calibration's brain voxels, away from known lesions, whose threshold `segment` uses by
  /// default where the bundle has no calibration of regions.
  public var defaultRate = 0.01
  /// Fraction of these voxels whose threshold is the extent of regions, unless `scoring.extent` gives it.
  public var extentRate = 0.01
  /// False regions per brain without a lesion (1,200 mL) that `segment` allows by default in volumes.
  public var falseRegions = 1.0
  /// Simulated lesion-free brains of the validation anatomies that calibrate a method which learned from
  /// anatomies, where the validation split has no lesion-free volumes.
  public var syntheticBrains = 16
  /// Largest number of scans of each kind that are scored for statistics and thresholds, for slow methods; 0
  /// = all.
  public var cases = 0

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(defaultRate > 0 && defaultRate < 1, path, "defaultRate", defaultRate, "between 0 and 1")
    try require(extentRate > 0 && extentRate < 1, path, "extentRate", extentRate, "between 0 and 1")
    try require((0.01...8).contains(falseRegions), path, "falseRegions", falseRegions, "0.01 to 8")
    try require(
      (1...1000).contains(syntheticBrains), path, "syntheticBrains", syntheticBrains, "1 to 1000")
    try require(cases >= 0, path, "cases", cases, "0 or more")
  }
}
