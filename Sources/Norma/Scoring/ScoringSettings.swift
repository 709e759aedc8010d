public import Methods
public import StrictSettings

/// How a method's raw output becomes the anomaly map.
public struct ScoringSettings: Settings {
  /// The residual between input and reconstruction, for methods that reconstruct.
  public var residual = Residual.positive
  /// How the map is scaled by its voxel-wise statistics over lesion-free slices.
  public var normalization = ScoreNormalization.none
  /// The split whose lesion-free slices the statistics come from.
  public var statistics = StatisticsSource.training
  /// Gaussian smoothing of the statistics: sigma in pixels of the model grid.
  public var statisticsSigma = 2.0
  /// Weight, in slices, of the pooled variance that a voxel's own variance is shrunk to; 0 = none.
  public var statisticsShrinkage = 0.0
  /// The map is 0 where the normalised input is not brighter than this; under robust-z 0.5 is the brain's
  /// median. 0 = no limit.
  public var intensityPrior = 0.0
  /// Side of the square median filter on the model grid in pixels; 1 = none.
  public var median = 5
  /// Slices that the median filter spans; 1 = within each slice.
  public var medianDepth = 1
  /// Weight of a voxel's own brightness, a robust z-score in white matter from -2 to 8, which is added to the map
  /// where it is above 0; for methods that tell tissues apart. 0 = none.
  public var brightnessWeight = 0.0
  /// Width in mm of the rim of the brain in which the map is 0.
  public var erosion = 3.0
  /// Score above which voxels join a region, for maps with a natural value, such as a logit; 0 = the threshold of
  /// `calibration.extentRate`.
  public var extent = 0.0
  /// Regions smaller than this are dropped from the mask, in mm³ (mm² for single slices).
  public var minimumLesionSize = 0.0
  /// The places of regions.
  public var places = PlaceSettings()
  /// Samples of a stochastic method (dropout, a random latent vector), whose mean is the map; 0 =
  /// deterministic.
  public var samples = 0

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(
      (0...20).contains(statisticsSigma), path, "statisticsSigma", statisticsSigma, "0 to 20 pixels")
    try require(
      (0...1e6).contains(statisticsShrinkage), path, "statisticsShrinkage", statisticsShrinkage,
      "0 to 1000000 slices")
    try require((0...1.5).contains(intensityPrior), path, "intensityPrior", intensityPrior, "0 to 1.5")
    try require(
      (1...15).contains(median) && median % 2 == 1, path, "median", median, "an odd number from 1 to 15")
    try require(
      (1...15).contains(medianDepth) && medianDepth % 2 == 1, path, "medianDepth", medianDepth,
      "an odd number from 1 to 15")
    try require(
      (0...100).contains(brightnessWeight), path, "brightnessWeight", brightnessWeight, "0 to 100")
    try require((0...20).contains(erosion), path, "erosion", erosion, "0 to 20 mm")
    try require(extent >= 0 && extent.isFinite, path, "extent", extent, "0 or more")
    try require(minimumLesionSize >= 0, path, "minimumLesionSize", minimumLesionSize, "0 or more")
    try places.validate(path: join(path, "places"))
    try require((0...1000).contains(samples), path, "samples", samples, "0 to 1000")
  }
}

extension ScoringSettings {
  /// The settings of the statistics over training slices; all others have their defaults.
  var statisticsKeys: ScoringSettings {
    var settings = ScoringSettings()
    (settings.normalization, settings.statistics) = (normalization, statistics)
    (settings.statisticsSigma, settings.statisticsShrinkage) = (statisticsSigma, statisticsShrinkage)
    return settings
  }
}

/// How the map is scaled by its voxel-wise mean and standard deviation over lesion-free slices.
public enum ScoreNormalization: String, Codable, Hashable, Sendable, CaseIterable {
  /// It is not scaled.
  case none
  /// r / sd
  case deviation
  /// max((r - mean) / sd, 0)
  case standardized
}

/// The split whose lesion-free slices the statistics come from.
public enum StatisticsSource: String, Codable, Hashable, Sendable, CaseIterable {
  /// The slices that the model was trained on.
  case training
  /// Slices that the model was not trained on; the threshold is then measured on the same slices.
  case validation
}
