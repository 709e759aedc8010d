/// The losses of a step, averaged over its slices.
public struct Losses: Hashable, Sendable {
  /// The loss that is minimised.
  public var total: Double
  /// Its terms by name, for the log.
  public var terms: [String: Double]

  /// The losses of one step.
  public init(total: Double, terms: [String: Double] = [:]) { (self.total, self.terms) = (total, terms) }

  /// The mean of several; they must have the same terms.
  package init(mean losses: [Losses]) {
    let share = 1 / Double(losses.count)
    self.init(total: 0)
    for one in losses {
      total += one.total * share
      for (name, value) in one.terms { terms[name, default: 0] += value * share }
    }
  }

  /// The same total with more terms for the log.
  package func with(_ terms: [String: Double]) -> Losses {
    Losses(total: total, terms: self.terms.merging(terms) { $1 })
  }
}
