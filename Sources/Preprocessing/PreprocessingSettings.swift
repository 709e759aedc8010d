public import StrictSettings

/// The settings of the preprocessing of raw scans; a bundle includes them.
public struct PreprocessingSettings: Settings {
  /// The voxel size of brain extraction in mm: 2, or 1, which takes about five times as long.
  public var brainVoxelSize = BrainExtraction.Resolution.standard
  /// The number of iterations of curvature flow; 0 for no denoising.
  public var denoisingIterations = 0
  /// True to correct the bias field.
  public var correctsBias = true
  /// The settings of the bias field correction.
  public var biasCorrection = BiasCorrectionSettings()
  /// True to register the scan to the template.
  public var registers = true
  /// The settings of the registration.
  public var registration = RegistrationSettings()

  /// Creates the defaults.
  public init() {}

  /// Returns the settings with single keys changed, written `preprocessing.key=value`.
  ///
  /// - Throws: A ``ConfigurationError`` for a key that is unknown or out of range.
  public func with(_ settings: [String]) throws -> PreprocessingSettings {
    let group = "preprocessing"
    return try settings.reduce(self) { result, setting in
      let node = try ConfigurationNode(setting: setting)
      guard let keys = node[group] else {
        let isShort = (try? PreprocessingSettings(strict: node, over: result, path: group)) != nil
        let key = String(setting.prefix { $0 != "=" })
        throw ConfigurationError.unknownKey(path: key, nearest: isShort ? "\(group).\(key)" : nil)
      }
      return try PreprocessingSettings(strict: keys, over: result, path: group)
    }
  }

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(
      (0...50).contains(denoisingIterations), path, "denoisingIterations", denoisingIterations, "0 to 50")
    try biasCorrection.validate(path: join(path, "biasCorrection"))
    try registration.validate(path: join(path, "registration"))
  }
}
