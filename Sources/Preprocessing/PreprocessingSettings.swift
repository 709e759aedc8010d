public import StrictSettings

/// What is done to a raw scan before a bundle's recipe applies; it travels inside the bundle.
public struct PreprocessingSettings: Settings {
  /// Voxels of the brain extraction in mm: 2, or 1 for some five times the time.
  public var brainVoxelSize = BrainExtraction.Resolution.standard
  /// Iterations of curvature flow on the brain; 0 = no denoising.
  public var denoisingIterations = 0
  /// Whether the bias field is estimated and divided out.
  public var correctsBias = true
  /// How the bias field is estimated.
  public var biasCorrection = BiasCorrectionSettings()
  /// Whether the scan is registered to the template.
  public var registers = true
  /// How it is registered.
  public var registration = RegistrationSettings()

  /// The defaults.
  public init() {}

  /// Returns the settings with single keys changed, written `preprocessing.key=value`; throws a ``ConfigurationError``
  /// for a key that is unknown or out of range.
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
  public func validate(path: String) throws {
    try require(
      (0...50).contains(denoisingIterations), path, "denoisingIterations", denoisingIterations, "0 to 50")
    try biasCorrection.validate(path: join(path, "biasCorrection"))
    try registration.validate(path: join(path, "registration"))
  }
}
