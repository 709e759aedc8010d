extension Evaluation {
  /// A figure over the participants in whom it is defined; a participant's value is the mean of their cases.
  public struct Summary: Codable, Hashable, Sendable {
    /// Mean over participants.
    public let mean: Double
    /// Standard deviation over participants (n - 1); 0 for one participant.
    public let sd: Double
    /// Median over participants.
    public let median: Double
    /// Low and high end of the mean's 95 % interval (bootstrap over participants).
    public let interval: [Double]
    /// Participants in whom the value is defined.
    public let participants: Int
  }
}
