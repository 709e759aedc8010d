public import StrictSettings

/// How a scan is laid on the template.
public struct RegistrationSettings: Settings {
  /// Of the points that are compared at the stage that compares a quarter of them.
  public var seed = 0
  /// A registration whose brains overlap by less (Dice) is refused.
  public var leastOverlap = 0.75
  /// One whose brains overlap by less (Dice) gets a note.
  public var goodOverlap = 0.9

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  public func validate(path: String) throws {
    try require((0...Int(Int32.max)).contains(seed), path, "seed", seed, "0 to \(Int32.max)")
    try require((0...1).contains(leastOverlap), path, "leastOverlap", leastOverlap, "0 to 1")
    try require((0...1).contains(goodOverlap), path, "goodOverlap", goodOverlap, "0 to 1")
  }
}
