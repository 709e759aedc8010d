import Base
public import StrictSettings

/// The normalisation of the intensities of a scan.
public enum IntensityNormalization: String, Codable, Hashable, Sendable, CaseIterable {
  /// 0.5 + z / 10 clipped to 0...1.5, z = (x - median) / (1.4826 MAD) inside the brain.
  case robustZ = "robust-z"
  /// The intensity over the brain's 98th percentile, clipped to 0...1 (as in Baur et al. 2018).
  case percentile
  /// The fraction of the brain's voxels that are not brighter: histogram equalisation over the scan, 0...1.
  case equalized
}

/// The steps from a scan to the input of a model, stored in the bundle.
public struct Recipe: Settings {
  /// The contrast as a BIDS suffix: a scan whose file name ends in another is refused; empty = any.
  public var contrast = "FLAIR"
  /// How intensities are normalised.
  public var normalization = IntensityNormalization.robustZ
  /// The side of the square model grid in pixels.
  public var gridSize = 128
  /// The pixel spacing of the model grid in mm.
  public var gridSpacing = 1.5
  /// The distance in mm of the axial slices of the template in which a registered scan is seen.
  public var sliceSpacing = 3.0
  /// The distance in mm of the slices below and above that a model sees beside a slice; 0 = none.
  public var adjacentDistance = 0.0
  /// The template-space x and y in mm (RAS+) of the grid's centre, on which a PNG slice is centred.
  public var gridCentre = [0.0, -18.0]
  /// The lowest and the highest template-space z in mm that the model knows; empty = all z.
  public var zRange: [Double] = []
  /// Slices with less brain than this many mm² are not scored.
  public var minimumBrainArea = 500.0

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(
      gridSize.isMultiple(of: 16) && (16...512).contains(gridSize), path, "gridSize", gridSize,
      "a multiple of 16 from 16 to 512")
    try require(gridSpacing > 0.1 && gridSpacing <= 10, path, "gridSpacing", gridSpacing, "0.1 to 10 mm")
    try require(sliceSpacing > 0.1 && sliceSpacing <= 20, path, "sliceSpacing", sliceSpacing, "0.1 to 20 mm")
    let steps = adjacentDistance / sliceSpacing
    try require(
      (0...50).contains(adjacentDistance) && abs(steps - steps.rounded()) < 1e-6, path, "adjacentDistance",
      adjacentDistance, "0 to 50 mm, a multiple of recipe.sliceSpacing")
    try require(gridCentre.count == 2, path, "gridCentre", gridCentre, "two numbers, x and y in mm")
    try require(
      zRange.isEmpty || (zRange.count == 2 && zRange[0] < zRange[1]), path, "zRange", zRange,
      "[] or [lowest, highest] in mm")
    try require(minimumBrainArea >= 0, path, "minimumBrainArea", minimumBrainArea, "0 or more mm²")
  }

  /// Whether the model knows this z; an unknown z counts as inside.
  package func contains(z: Double?) -> Bool {
    zRange.spans(z)
  }

  /// Checks that the model's input is on the scale of z-scores.
  ///
  /// - Throws: A ``ConfigurationError`` that names `user`.
  package func requireZScores(for user: String) throws {
    try require(
      normalization == .robustZ, "recipe", "normalization", normalization.rawValue,
      "\(IntensityNormalization.robustZ.rawValue): \(user) computes with z-scores")
  }
}
