import Base
public import StrictSettings
public import Volumes

/// How strongly curvature flow smooths.
public struct CurvatureFlowSettings: Settings {
  /// Time of one iteration, in squared voxels.
  public var timeStep = 0.125
  /// How often it is done.
  public var iterations = 3

  /// The defaults.
  public init() {}

  /// Refuses values out of range.
  public func validate(path: String) throws {
    try require(timeStep > 0 && timeStep <= 0.125, path, "timeStep", timeStep, "above 0, up to 0.125")
    try require((1...100).contains(iterations), path, "iterations", iterations, "1 to 100")
  }
}

/// Smooths noise along level surfaces and leaves edges (curvature flow, Sethian 1996).
public struct CurvatureFlow: Sendable {
  /// How strongly.
  public let settings: CurvatureFlowSettings

  /// A smoothing with these settings.
  public init(settings: CurvatureFlowSettings = .init()) { self.settings = settings }

  /// The smoothed scan on its own grid; lengths are in voxels, so thick slices are smoothed over more mm. Throws a
  /// ``Problem`` for a scan with voxels that are not finite.
  public func smooth(_ scan: Volume) throws -> Volume {
    guard scan.nonFiniteCount == 0 else {
      throw Problem(
        .badData, "\(scan.nonFiniteCount) voxels are NaN or infinite", at: "the scan",
        advice: "set them to 0, or convert the scan again from its source")
    }
    return try ITK.curvatureFlow(of: scan, settings: settings)
  }
}
