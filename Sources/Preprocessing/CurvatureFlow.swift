import Base
public import StrictSettings
public import Volumes

/// The settings of curvature flow.
public struct CurvatureFlowSettings: Settings {
  /// The time step of an iteration, in squared voxels.
  public var timeStep = 0.125
  /// The number of iterations.
  public var iterations = 3

  /// Creates the defaults.
  public init() {}

  /// Refuses values out of range.
  ///
  /// - Throws: ``ConfigurationError/outOfRange(path:value:allowed:)``.
  public func validate(path: String) throws {
    try require(timeStep > 0 && timeStep <= 0.125, path, "timeStep", timeStep, "above 0, up to 0.125")
    try require((1...100).contains(iterations), path, "iterations", iterations, "1 to 100")
  }
}

/// Edge-preserving smoothing by curvature flow (Sethian 1999).
public struct CurvatureFlow: Sendable {
  /// The time step and the number of iterations.
  public let settings: CurvatureFlowSettings

  /// Creates a filter with these settings.
  public init(settings: CurvatureFlowSettings = .init()) { self.settings = settings }

  /// Returns the smoothed scan. Lengths are in voxels, so thick slices are smoothed over more mm.
  ///
  /// - Throws: A ``Problem`` of kind `badData` if a voxel is not finite.
  public func smooth(_ scan: Volume) throws -> Volume {
    guard scan.nonFiniteCount == 0 else {
      throw Problem(
        .badData, "\(scan.nonFiniteCount) voxels are NaN or infinite", at: "the scan",
        advice: "set them to 0, or convert the scan again from its source")
    }
    return try ITK.curvatureFlow(of: scan, settings: settings)
  }
}
