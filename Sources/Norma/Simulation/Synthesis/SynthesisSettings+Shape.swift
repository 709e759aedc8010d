public import StrictSettings

extension SynthesisSettings {
  /// The shape of the head: how the anatomy is deformed within the axial plane.
  public struct Shape: Settings {
    /// Probability that the anatomy is mirrored left to right.
    public var mirror = 0.5
    /// Largest rotation to either side, in degrees.
    public var rotation = 5.0
    /// Factors by which the head is stretched along x and along y.
    public var scale = [0.9, 1.13]
    /// Largest shift along x and along y, in mm.
    public var shift = 3.0
    /// Standard deviation of the smooth displacement, in mm.
    public var elastic = [0.0, 5.0]
    /// Shift of the ventricles' walls outwards, in mm.
    public var ventricles = [-0.5, 3.0]

    /// The defaults.
    public init() {}

    /// Throws a ``ConfigurationError`` for a value out of range.
    public func validate(path: String) throws {
      try require((0...1).contains(mirror), path, "mirror", mirror, "0 to 1")
      try require((0...45).contains(rotation), path, "rotation", rotation, "0 to 45 degrees")
      try require(scale, in: 0.5...2, path, "scale", "from 0.5 to 2")
      try require((0...20).contains(shift), path, "shift", shift, "0 to 20 mm")
      try require(elastic, in: 0...10, path, "elastic", "from 0 to 10 mm")
      try require(ventricles, in: -5...10, path, "ventricles", "from -5 to 10 mm")
    }
  }
}
