public import StrictSettings

/// How FLAIR slices are made from anatomies: an epoch's size, and the ranges that each slice draws from.
///
/// A range is two numbers, the lower first. Intensities are relative to white matter, which is 1.
public struct SynthesisSettings: Settings {
  /// Slices of one pass over the training anatomies.
  public var slicesPerEpoch = 2000
  /// Slices of the validation anatomies, the same in every epoch.
  public var validationSlices = 400
  /// The shape of the head.
  public var shape = Shape()
  /// The intensities of healthy tissue.
  public var contrast = Contrast()
  /// The lesions.
  public var lesions = Lesions()
  /// The errors of brain extraction.
  public var remnants = Remnants()
  /// The scanner.
  public var acquisition = Acquisition()

  /// The defaults.
  public init() {}

  /// Throws a ``ConfigurationError`` for a value out of range.
  public func validate(path: String) throws {
    try require(
      (1...1_000_000).contains(slicesPerEpoch), path, "slicesPerEpoch", slicesPerEpoch, "1 to 1000000")
    try require(
      (0...100_000).contains(validationSlices), path, "validationSlices", validationSlices, "0 to 100000")
    try shape.validate(path: join(path, "shape"))
    try contrast.validate(path: join(path, "contrast"))
    try lesions.validate(path: join(path, "lesions"))
    try remnants.validate(path: join(path, "remnants"))
    try acquisition.validate(path: join(path, "acquisition"))
  }
}

/// Throws unless `range` is two ascending numbers inside `limits`.
func require(
  _ range: [Double], in limits: ClosedRange<Double>, _ path: String, _ key: String, _ allowed: String
) throws {
  try require(
    range.count == 2 && range[0] <= range[1] && limits.contains(range[0]) && limits.contains(range[1]),
    path, key, range, "two numbers, the lower first, \(allowed)")
}
