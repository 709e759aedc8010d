public import StrictSettings

/// The settings of the registration to the template.
public struct RegistrationSettings: Settings {
  /// The seed of the random sampling of voxels in the stage that compares a quarter of them.
  public var seed = 0
  /// The Dice overlap of the brains below which a registration fails.
  public var leastOverlap = 0.75
  /// The Dice overlap of the brains below which a registration gets a note.
  public var goodOverlap = 0.9

  /// Creates the defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require((0...Int(Int32.max)).contains(seed), path, "seed", seed, "0 to \(Int32.max)")
    try require((0...1).contains(leastOverlap), path, "leastOverlap", leastOverlap, "0 to 1")
    try require((0...1).contains(goodOverlap), path, "goodOverlap", goodOverlap, "0 to 1")
  }
}
