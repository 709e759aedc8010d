public import StrictSettings

extension SynthesisSettings {
  /// The scanner: resolution, shading, noise and the scale of the result.
  public struct Acquisition: Settings {
    /// Slice thickness in mm (full width at half maximum of the slice profile), log-uniform. Interpolation
    /// between thick slices widens their profile.
    public var thickness = [1.0, 10.0]
    /// Probability of blur within the slice.
    public var blur = 0.7
    /// Standard deviation of that blur in mm.
    public var blurWidth = [0.0, 1.2]
    /// Standard deviation of the logarithm of the coil's shading that bias correction has left.
    public var shading = [0.0, 0.15]
    /// Standard deviation of the noise, log-uniform.
    public var noise = [0.01, 0.09]
    /// Probability that the noise is smooth, as after interpolation.
    public var smoothNoise = 0.5
    /// Factor to the z-scores, for the spread of a scan with other tissue or lesions.
    public var gain = [0.85, 1.18]
    /// Largest shift of the z-scores to either side.
    public var offset = 0.25

    /// The defaults.
    public init() {}

    /// A scanner that shows the anatomy as it is, but for noise that cannot be seen.
    static var ideal: Acquisition {
      var ideal = Acquisition()
      (ideal.thickness, ideal.noise, ideal.shading) = ([0.5, 0.5], [0.001, 0.001], [0, 0])
      (ideal.blur, ideal.smoothNoise) = (0, 0)
      return ideal
    }

    /// Throws a ``ConfigurationError`` for a value out of range.
    public func validate(path: String) throws {
      try require(thickness, in: 0.5...12, path, "thickness", "from 0.5 to 12 mm")
      try require((0...1).contains(blur), path, "blur", blur, "0 to 1")
      try require(blurWidth, in: 0...2, path, "blurWidth", "from 0 to 2 mm")
      try require(shading, in: 0...1, path, "shading", "from 0 to 1")
      try require(noise, in: 0.001...0.5, path, "noise", "from 0.001 to 0.5")
      try require((0...1).contains(smoothNoise), path, "smoothNoise", smoothNoise, "0 to 1")
      try require(gain, in: 0.2...5, path, "gain", "from 0.2 to 5")
      try require((0...3).contains(offset), path, "offset", offset, "0 to 3")
    }
  }
}
