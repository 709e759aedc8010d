public import StrictSettings

extension SynthesisSettings {
  /// The intensities of healthy tissue, among them brightness that is not a lesion.
  public struct Contrast: Settings {
    /// Intensity of grey matter.
    public var grey = [1.0, 1.4]
    /// Intensity of fluid.
    public var fluid = [0.05, 0.5]
    /// Share of the anatomy's own texture; the sign is random.
    public var texture = [0.0, 0.6]
    /// Standard deviation of the slow variation of grey matter (bright insula, limbic cortex).
    public var greyVariation = [0.0, 0.28]
    /// Standard deviation of the slow variation of white matter.
    public var whiteVariation = [0.0, 0.06]
    /// Standard deviation of a variation of the brain's tissue that is the same on the left and the right.
    public var symmetricVariation = [0.0, 0.15]
    /// Distance in mm over which that variation changes.
    public var symmetricWidth = [9.0, 24.0]
    /// Probability of a bright rim around the ventricles, as healthy people have it.
    public var rims = 0.75
    /// Width of the rim in mm.
    public var rimWidth = [0.75, 3.0]
    /// Width that the rim gains at the horns of the ventricles (caps), in mm.
    public var capWidth = [0.0, 7.0]
    /// Intensity of the rim relative to grey matter.
    public var rimIntensity = [0.95, 1.6]
    /// Probability of bright choroid plexus.
    public var plexus = 0.5
    /// Probability of bright remnants of meninges and skull at the edge of the brain.
    public var edges = 0.75
    /// Probability that moving fluid is bright.
    public var flow = 0.5
    /// Brightness that moving fluid gains.
    public var flowIntensity = [0.2, 1.8]

    /// The defaults.
    public init() {}

    /// Throws a ``ConfigurationError`` for a value out of range.
    public func validate(path: String) throws {
      try require(grey, in: 0.1...3, path, "grey", "from 0.1 to 3")
      try require(fluid, in: 0...3, path, "fluid", "from 0 to 3")
      try require(texture, in: 0...2, path, "texture", "from 0 to 2")
      try require(greyVariation, in: 0...0.5, path, "greyVariation", "from 0 to 0.5")
      try require(whiteVariation, in: 0...0.5, path, "whiteVariation", "from 0 to 0.5")
      try require(symmetricVariation, in: 0...0.5, path, "symmetricVariation", "from 0 to 0.5")
      try require(symmetricWidth, in: 3...60, path, "symmetricWidth", "from 3 to 60 mm")
      try require((0...1).contains(rims), path, "rims", rims, "0 to 1")
      try require(rimWidth, in: 0...10, path, "rimWidth", "from 0 to 10 mm")
      try require(capWidth, in: 0...20, path, "capWidth", "from 0 to 20 mm")
      try require(rimIntensity, in: 0.5...5, path, "rimIntensity", "from 0.5 to 5")
      try require((0...1).contains(plexus), path, "plexus", plexus, "0 to 1")
      try require((0...1).contains(edges), path, "edges", edges, "0 to 1")
      try require((0...1).contains(flow), path, "flow", flow, "0 to 1")
      try require(flowIntensity, in: 0...5, path, "flowIntensity", "from 0 to 5")
    }

    /// The contrast of a T1w: dark grey matter and fluid, and nothing that is bright.
    static var t1w: Contrast {
      var contrast = Contrast()
      (contrast.grey, contrast.fluid) = ([0.6, 0.75], [0.15, 0.35])
      (contrast.greyVariation, contrast.symmetricVariation) = ([0, 0.08], [0, 0.05])
      (contrast.rims, contrast.plexus, contrast.edges, contrast.flow) = (0, 0, 0, 0)
      return contrast
    }
  }
}
