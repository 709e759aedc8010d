import Norma

/// What an experiment showed and what it did not, in plain words.
struct ExperimentLimits {
  let results: ExperimentResults

  /// What was compared on what.
  var data: [String] {
    let data = results.data
    let described = data.description.replacing("**", with: "")
    let counts =
      "\(data.training) scans trained, \(data.validation) chose weights and thresholds, \(data.test) tested "
      + "(\(data.source))."
    return [described, counts].filter { !$0.isEmpty }
  }

  /// How to read the figures.
  var reading: [String] {
    [lesionFree, thresholds, oracle, levels, limitedSearch, seeds, missing, chance, cohort].compactMap { $0 }
  }

  private var lesionFree: String {
    "Lesion-free is not healthy: the training and validation scans are scans in which nothing was drawn. What was "
      + "not drawn there counts as normal, and whatever is called outside the drawn lesions of a test scan counts "
      + "as false, also where a reader would agree with it."
  }

  private var thresholds: String {
    let cases = Set(results.runs.map(\.validationCases)).sorted().map(String.init)
    let names = Set(results.rows.flatMap { $0.figures.keys })
    let labelled =
      names.contains("dice_labelled_validation")
      ? " Labelled validation is the threshold with the best Dice on validation scans with a lesion." : ""
    return
      "Thresholds at a healthy FPR come from \(cases.joined(separator: " or ")) lesion-free validation scans, "
      + "those at the training 98th percentile from the training scans; no drawn lesion was used for them, and the rate "
      + "that test scans then show beside the lesions is printed with each Dice.\(labelled)"
  }

  private var oracle: String {
    "Oracle Dice uses the best threshold on the test labels themselves. Nobody has it before the answer is known: "
      + "it bounds what a threshold can reach and is no result."
  }

  private var levels: String? {
    let known = results.plan.runs.lazy.compactMap { try? results.plan.configuration(of: $0).recipe.zRange }
    guard let levels = known.first, levels.count == 2 else { return nil }
    return
      "Only axial levels from z = \(format(levels[0])) to \(format(levels[1])) mm were seen, in training and in "
      + "testing: nothing is said about the rest of the brain."
  }

  private var limitedSearch: String? {
    let rows = results.headlines.filter(results.isLimited)
    guard let first = rows.first else { return nil }
    let names = Set(rows.map { ExperimentNames.method($0.method) }).sorted().joined(separator: ", ")
    return
      "\(names) searches for every scan anew and was scored on \(results.scans(first)) test scans, the first of "
      + "a seeded order: its figures are not those of the same scans, and their intervals are wide."
  }

  private var seeds: String {
    let plan = results.plan.seeds
    let few = plan < 3 ? " That is too few for a claim about a network; three are the least." : ""
    return
      "Networks are trained with \(plan == 1 ? "one seed" : "\(plan) seeds") each; what draws no random number runs once.\(few) "
      + "A figure is the mean over seeds; its interval reaches from the lowest lower to the highest upper end of "
      + "the seeds' bootstrap intervals over participants. Intervals that overlap are no test of a difference."
  }

  private var missing: String? {
    let runs = results.missingParts.map(\.name)
    let chains = Set(results.runs.flatMap { run in run.chains.map { [run.method, $0.name] } })
      .subtracting(results.rows.map { [$0.method, $0.chain] }).map { "\($0[0]) '\($0[1])'" }.sorted()
    guard !runs.isEmpty || !chains.isEmpty else { return nil }
    return (runs.isEmpty ? "" : "Not there: \(runs.joined(separator: ", ")). ")
      + (chains.isEmpty ? "" : "Left out, for not every seed has them: \(chains.joined(separator: ", ")).")
  }

  private var chance: String? {
    results.headlines.lazy.compactMap(results.firstSeed).first.map {
      "\(aligned(100 * $0.prevalence)) % of the test scans' brain voxels lie in a lesion: that is the AUPRC of "
        + "guessing. AUROC, which guessing leaves at 0.5, looks good for every method where lesions are rare."
    }
  }

  private var cohort: String {
    "One set of scans was tested. Nothing here says how the methods do with another disease, scanner or sequence."
  }
}
