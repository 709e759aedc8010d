/// Named losses of a step, averaged per slice.
public struct Losses: Hashable, Sendable {
  /// What is minimised.
  public var total: Double
  /// Its parts by name, for the log.
  public var parts: [String: Double]

  /// Losses of one step.
  public init(total: Double, parts: [String: Double] = [:]) { (self.total, self.parts) = (total, parts) }

  /// The mean of several; they must have the same parts.
  package init(mean losses: [Losses]) {
    let share = 1 / Double(losses.count)
    self.init(total: 0)
    for one in losses {
      total += one.total * share
      for (name, value) in one.parts { parts[name, default: 0] += value * share }
    }
  }

  /// The same total with more parts for the log.
  package func with(_ parts: [String: Double]) -> Losses {
    Losses(total: total, parts: self.parts.merging(parts) { $1 })
  }
}
