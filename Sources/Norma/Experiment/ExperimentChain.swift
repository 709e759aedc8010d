/// A chain of post-processing in an experiment.
struct ExperimentChain {
  /// Its name in tables.
  let name: String
  let scoring: ScoringChain
  /// Whether the main table shows it.
  let isHeadline: Bool

  /// Post-processing added step by step, and last the bundle's own chain if that scales by statistics.
  ///
  /// The headlines are the bundle's own chain, and before it the same without statistics.
  static func ablation(of own: ScoringChain, reconstructs: Bool) -> [ExperimentChain] {
    var published = own.settings
    published.normalization = .none
    var full = published
    if full.minimumLesionSize == 0 { full.minimumLesionSize = smallestComponent }
    // Without a reconstruction there is no residual whose sign could count.
    let stages = full.ablation.filter { reconstructs || $0.name != "positive part" }
    let headline = stages.lastIndex { $0.settings == published }
    let chains = stages.enumerated().map { index, stage in
      ExperimentChain(
        name: stage.name, scoring: ScoringChain(settings: stage.settings), isHeadline: index == headline)
    }
    guard own.statistics != nil else { return chains }
    return chains + [ExperimentChain(name: "divided by sd", scoring: own, isHeadline: true)]
  }

  /// Smallest component in mm³ (mm² for single slices) that the filter keeps unless the bundle has a size of
  /// its own: 10 pixels of 1 mm.
  private static let smallestComponent = 10.0
}
