/// What changes between the two visits of a simulated participant.
public struct FollowUp: Codable, Hashable, Sendable {
  /// The change of the lesions.
  public enum Change: String, Codable, CaseIterable, Sendable {
    /// None.
    case none
    /// Three lesions are new at the follow-up.
    case new
    /// Two lesions have grown by half of their volume.
    case grown

    /// The number of lesions that change.
    var count: Int {
      switch self {
      case .none: 0
      case .new: 3
      case .grown: 2
      }
    }
  }

  /// The change of the lesions.
  public var change: Change
  /// Whether the follow-up comes from another scanner: other noise, shading, contrast and slice thickness.
  public var isOtherScanner: Bool

  /// Creates a follow-up, by default from the same scanner.
  public init(_ change: Change, isOtherScanner: Bool = false) {
    (self.change, self.isOtherScanner) = (change, isOtherScanner)
  }
}
