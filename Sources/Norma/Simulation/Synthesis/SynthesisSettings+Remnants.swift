public import StrictSettings

extension SynthesisSettings {
  /// The errors of brain extraction: what is not brain inside the brain mask, and brain outside it.
  public struct Remnants: Settings {
    /// Probability that the brain mask is not the brain.
    public var probability = 0.6
    /// Mean distance from the brain's edge to that of the mask, outwards positive, in mm.
    public var depth = [-1.0, 3.0]
    /// Standard deviation of the smooth variation of that distance, in mm.
    public var depthVariation = [0.0, 5.0]
    /// Further distance at the vertex and below the brain, where extraction is worst, in mm.
    public var endDepth = [0.0, 12.0]
    /// Width of the fluid around the brain, in mm.
    public var fluidWidth = [0.0, 4.0]
    /// Intensity of the tissue behind the fluid.
    public var intensity = [0.1, 1.3]
    /// Standard deviation of its smooth variation.
    public var variation = [0.0, 0.6]
    /// Intensity of its brightest parts, such as fat and marrow.
    public var brightIntensity = [1.0, 3.0]

    /// The defaults.
    public init() {}

    /// Throws a ``ConfigurationError`` for a value out of range.
    public func validate(path: String) throws {
      try require((0...1).contains(probability), path, "probability", probability, "0 to 1")
      try require(depth, in: -5...15, path, "depth", "from -5 to 15 mm")
      try require(depthVariation, in: 0...15, path, "depthVariation", "from 0 to 15 mm")
      try require(endDepth, in: 0...30, path, "endDepth", "from 0 to 30 mm")
      try require(fluidWidth, in: 0...15, path, "fluidWidth", "from 0 to 15 mm")
      try require(intensity, in: 0...5, path, "intensity", "from 0 to 5")
      try require(variation, in: 0...3, path, "variation", "from 0 to 3")
      try require(brightIntensity, in: 0...10, path, "brightIntensity", "from 0 to 10")
    }
  }
}
