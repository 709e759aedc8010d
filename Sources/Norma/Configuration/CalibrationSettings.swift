public import StrictSettings

/// How thresholds are found.
public struct CalibrationSettings: Settings {
  /// False-positive rate on lesion-free validation voxels whose threshold `segment` uses by default.
  public var defaultRate = 0.01
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
    try require(cases >= 0, path, "cases", cases, "0 or more")
  }
}
