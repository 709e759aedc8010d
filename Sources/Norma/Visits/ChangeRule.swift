/// When a change of the mask counts as a change (Decisions/0029-two-visits.md).
public struct ChangeRule: Hashable, Sendable, Codable {
  /// The least confidence.
  public var confidence = 0.99
  /// The least mean change in standard deviations of stable white matter.
  public var meanChange = 2.5
  /// The least change of the anomaly map of a new or resolved region, in the direction of the change.
  public var scoreChange = 4.0
  /// The least volume in mm³ of a new or resolved region.
  public var volume = 20.0
  /// The least change of the volume of a region in both masks over the mean of its volumes.
  public var volumeRatio = 0.15
  /// The least change of the excess signal of a region in both masks over the mean of both visits.
  public var excessRatio = 0.2

  /// The shipped rule.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case confidence = "Confidence"
    case meanChange = "MeanChange"
    case scoreChange = "ScoreChange"
    case volume = "VolumeMM3"
    case volumeRatio = "VolumeRatio"
    case excessRatio = "ExcessRatio"
  }

  /// The kind of a region with these volumes in mm³ half way and this change of its excess signal, whose changed
  /// part has these figures.
  func kind(
    baseline: Double, followUp: Double, meanChange: Double, scoreChange: Double, excessChange: Double,
    confidence: Double?
  ) -> ChangedRegion.Kind {
    let sign: Double = followUp > baseline ? 1 : -1
    let isSeen = (confidence ?? 0) >= self.confidence && sign * meanChange >= self.meanChange
    if min(baseline, followUp) == 0 {
      guard isSeen, sign * scoreChange >= self.scoreChange, max(baseline, followUp) >= volume else {
        return .unsure
      }
      return sign > 0 ? .new : .resolved
    }
    guard isSeen, sign * excessChange >= excessRatio,
      abs(followUp - baseline) >= volumeRatio * (followUp + baseline) / 2
    else { return .stable }
    return sign > 0 ? .enlarged : .shrunk
  }
}
