public import StrictSettings

/// The settings of N4 bias field correction (Tustison et al. 2010).
public struct BiasCorrectionSettings: Settings {
  /// The voxel size in mm of the grid on which the field is fitted.
  public var spacing = 4.0
  /// The control points along each axis at the first level; each further level doubles the mesh.
  public var controlPoints = 4
  /// The number of levels, from coarse to fine.
  public var levels = 4
  /// The maximum number of iterations at each level.
  public var iterations = 50
  /// The coefficient of variation of the change of the field below which a level ends.
  public var convergence = 0.003
  /// The full width at half maximum of the Gaussian that models the bias in the histogram of log intensities.
  public var fullWidthAtHalfMaximum = 0.15
  /// The noise term of the Wiener filter that sharpens the histogram.
  public var wienerNoise = 0.01
  /// The number of robust standard deviations above the median of the logarithms, after a first stiff
  /// correction, beyond which a voxel is left out of the fit, so that a lesion is not taken for bias; 0 keeps
  /// all voxels.
  public var outlierDeviations = 2.0
  /// The distance in mm from such a voxel within which others are left out too.
  public var outlierMargin = 8.0

  /// Creates the defaults.
  public init() {}

  /// The settings that leave out no voxel, for scans of people without lesions.
  public static var withoutOutliers: Self {
    var settings = Self()
    settings.outlierDeviations = 0
    return settings
  }

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
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
    try require(
      outlierDeviations >= 0 && outlierDeviations <= 10, path, "outlierDeviations", outlierDeviations,
      "0 to 10")
    try require((0...30).contains(outlierMargin), path, "outlierMargin", outlierMargin, "0 to 30 mm")
  }
}
