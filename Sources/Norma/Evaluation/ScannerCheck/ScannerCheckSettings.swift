public import StrictSettings

/// The lesions that a check of a scanner paints into each scan.
public struct ScannerCheckSettings: Settings {
  /// The diameters in mm.
  public var diameters = [3.0, 5, 8, 12]
  /// The brightness as multiples of that of white matter; grey matter has about 1.2.
  public var contrasts = [1.25, 1.5, 2.0]
  /// How often each diameter is painted with each contrast.
  public var rounds = 2
  /// The seed of the places.
  public var seed: UInt64 = 0

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(
      !diameters.isEmpty && diameters.allSatisfy { (1...40).contains($0) }, path, "diameters", diameters,
      "one or more from 1 to 40 mm")
    try require(
      !contrasts.isEmpty && contrasts.allSatisfy { $0 > 1 && $0 <= 10 }, path, "contrasts", contrasts,
      "one or more from above 1 to 10")
    try require((1...100).contains(rounds), path, "rounds", rounds, "1 to 100")
  }
}
