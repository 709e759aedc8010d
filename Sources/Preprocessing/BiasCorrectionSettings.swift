public import StrictSettings

/// How the bias field is estimated (N4, Tustison et al. 2010).
public struct BiasCorrectionSettings: Settings {
  /// Voxel size in mm of the grid that the field is fitted on.
  public var spacing = 4.0
  /// Control points of the field along each axis at the first level; every level doubles the mesh.
  public var controlPoints = 4
  /// Levels, from coarse to fine.
  public var levels = 4
  /// Most iterations at each level.
  public var iterations = 50
  /// A level ends when the field changes by less than this (coefficient of variation).
  public var convergence = 0.003
  /// Width of the Gaussian that blurs the histogram of log brightness.
  public var fullWidthAtHalfMaximum = 0.15
  /// Noise term of the Wiener filter that sharpens the histogram.
  public var wienerNoise = 0.01

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  public func validate(path: String) throws {
    try require((1...10).contains(spacing), path, "spacing", spacing, "1 to 10 mm")
    try require((4...20).contains(controlPoints), path, "controlPoints", controlPoints, "4 to 20")
    try require((1...6).contains(levels), path, "levels", levels, "1 to 6")
    try require((1...1000).contains(iterations), path, "iterations", iterations, "1 to 1000")
    try require(convergence > 0 && convergence < 1, path, "convergence", convergence, "above 0, below 1")
    try require(
      fullWidthAtHalfMaximum > 0 && fullWidthAtHalfMaximum <= 1, path, "fullWidthAtHalfMaximum",
      fullWidthAtHalfMaximum, "above 0, up to 1")
    try require(wienerNoise > 0 && wienerNoise <= 1, path, "wienerNoise", wienerNoise, "above 0, up to 1")
  }
}
