public import StrictSettings

extension SynthesisSettings {
  /// The lesions, for methods that learn from them.
  public struct Lesions: Settings {
    /// Share of slices without lesions.
    public var none = 0.1
    /// Share of slices with one or two large lesions anywhere, as in stroke and tumours.
    public var large = 0.22
    /// Share of slices with a confluent band around the ventricles beside focal lesions; the rest has focal
    /// lesions alone.
    public var confluent = 0.2
    /// Focal lesions close to the slice, log-uniform.
    public var count = [1.0, 40.0]
    /// Focal lesions of a whole brain, log-uniform.
    public var brainCount = [3.0, 150.0]
    /// Radius of focal lesions in mm, log-uniform; each slice draws its own upper end.
    public var radius = [0.8, 9.0]
    /// Lowest upper end of the radius of a slice, in mm.
    public var smallestMaximum = 1.5
    /// Radius of large lesions in mm, log-uniform.
    public var largeRadius = [5.0, 35.0]
    /// Width of the confluent band in mm.
    public var bandWidth = [2.0, 14.0]
    /// Probability that the focal lesions of a slice are drawn to the ventricles.
    public var periventricular = 0.7
    /// Distance in mm over which that attraction falls by e.
    public var reach = [4.0, 25.0]
    /// Weight of grey matter among the sites of focal lesions; white matter is 1.
    public var greyWeight = 0.35
    /// Factor to the weight of the cerebellum and the brain stem.
    public var infratentorialWeight = 0.5
    /// Intensity of lesions relative to grey matter, log-uniform.
    public var intensity = [1.06, 1.9]
    /// Share of the tissue that a lesion replaces in its centre.
    public var opacity = [0.55, 1.0]
    /// Share of a pixel above which it can be labelled.
    public var labelShare = 0.25
    /// Brightness that a labelled pixel gains at least.
    public var labelContrast = 0.09

    /// The defaults.
    public init() {}

    /// Throws a ``ConfigurationError`` for a value out of range.
    public func validate(path: String) throws {
      try require((0...1).contains(none), path, "none", none, "0 to 1")
      try require((0...1).contains(large), path, "large", large, "0 to 1")
      try require((0...1).contains(confluent), path, "confluent", confluent, "0 to 1")
      try require(
        none + large + confluent <= 1, path, "confluent", confluent, "at most 1 with 'none' and 'large'")
      try require(count, in: 1...200, path, "count", "from 1 to 200")
      try require(brainCount, in: 1...1000, path, "brainCount", "from 1 to 1000")
      try require(radius, in: 0.3...20, path, "radius", "from 0.3 to 20 mm")
      try require(
        (radius[0]...radius[1]).contains(smallestMaximum), path, "smallestMaximum", smallestMaximum,
        "inside synthesis.lesions.radius")
      try require(largeRadius, in: 1...60, path, "largeRadius", "from 1 to 60 mm")
      try require(bandWidth, in: 0.5...30, path, "bandWidth", "from 0.5 to 30 mm")
      try require((0...1).contains(periventricular), path, "periventricular", periventricular, "0 to 1")
      try require(reach, in: 1...100, path, "reach", "from 1 to 100 mm")
      try require((0...1).contains(greyWeight), path, "greyWeight", greyWeight, "0 to 1")
      try require(
        (0...1).contains(infratentorialWeight), path, "infratentorialWeight", infratentorialWeight, "0 to 1")
      try require(intensity, in: 0.5...5, path, "intensity", "from 0.5 to 5")
      try require(opacity, in: 0.1...1, path, "opacity", "from 0.1 to 1")
      try require((0.05...1).contains(labelShare), path, "labelShare", labelShare, "0.05 to 1")
      try require((0.01...1).contains(labelContrast), path, "labelContrast", labelContrast, "0.01 to 1")
    }
  }
}
