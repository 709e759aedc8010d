import Norma

/// The limits of an experiment, in plain words.
struct ExperimentLimits {
  let results: ExperimentResults

  /// The data and the number of scans.
  var data: [String] {
    let data = results.data
    let described = data.description.replacing("**", with: "")
    let counts =
      data.isSynthetic
      ? "Synthetic slices of \(data.training) anatomies trained, those of \(data.validation) chose weights and "
        + "thresholds, and \(data.test) scans tested (\(data.source))."
      : "\(data.training) scans trained, \(data.validation) chose weights and thresholds, \(data.test) tested "
        + "(\(data.source))."
    return [described, counts].filter { !$0.isEmpty }
  }

  /// How to read the figures, one paragraph per limit.
  var reading: [String] {
    [lesionFree, thresholds, oracle, zRange, limitedSearch, seeds, missing, chance, cohort].compactMap { $0 }
  }

  private var lesionFree: String {
    let training =
      results.data.isSynthetic
      ? "The training and validation slices are synthetic: they show the anatomies of people, not their scans. "
      : "Lesion-free is not healthy: in the training and validation scans no lesion was drawn. "
    return training
      + "Everything in them counts as normal, and everything that is predicted outside the drawn lesions of a "
      + "test scan counts as false, even where a reader would agree with it."
  }

  private var thresholds: String {
    let cases = Set(results.runs.map(\.validationCases)).sorted().map(String.init)
    let names = Set(results.rows.flatMap { $0.figures.keys })
    let labelled =
      names.contains("dice_labelled_validation")
      ? " Labelled validation is the threshold with the best Dice on validation scans with a lesion." : ""
    return
      "Thresholds at an FPR come from \(cases.joined(separator: " or ")) lesion-free "
      + (results.data.isSynthetic
        ? "synthetic brains; "
        : "validation scans, those at the training 98th percentile from the training scans; ")
      + "no drawn lesion was used for them. Each Dice is printed with the rate in the voxels of the test scans outside lesions.\(labelled)"
  }

  private var oracle: String {
    "Oracle Dice uses the best threshold on the test labels themselves, which is not known before: it is an "
      + "upper bound, not a result."
  }

  private var zRange: String? {
    let known = results.plan.runs.lazy.compactMap { try? results.plan.configuration(of: $0).recipe.zRange }
    guard let range = known.first, range.count == 2 else { return nil }
    return
      "Only axial slices from z = \(format(range[0])) to \(format(range[1])) mm were used, in training and "
      + "in testing: the figures do not hold for the rest of the brain."
  }

  private var limitedSearch: String? {
    let rows = results.headlines.filter(results.isLimited)
    guard let first = rows.first else { return nil }
    let names = Set(rows.map { ExperimentNames.method($0.method) }).sorted().joined(separator: ", ")
    return
      "\(names) optimises for every scan and was scored on \(results.scans(first)) test scans, the first of "
      + "a seeded order: its figures belong to other scans than those of the other methods, and their "
      + "intervals are wide."
  }

  private var seeds: String {
    let plan = results.plan.seeds
    let few = plan < 3 ? " That is too few for a claim about a network, which needs at least three." : ""
    return
      "Networks are trained with \(plan == 1 ? "one seed" : "\(plan) seeds") each; methods without random "
      + "numbers run once.\(few) A figure is the mean over seeds; its interval reaches from the lowest lower "
      + "to the highest upper end of the seeds' bootstrap intervals over participants. Overlapping intervals "
      + "are not a test of a difference."
  }

  private var missing: String? {
    let runs = results.missingRuns.map(\.name)
    let chains = Set(results.runs.flatMap { run in run.chains.map { [run.method, $0.name] } })
      .subtracting(results.rows.map { [$0.method, $0.chain] }).map { "\($0[0]) '\($0[1])'" }.sorted()
    guard !runs.isEmpty || !chains.isEmpty else { return nil }
    return (runs.isEmpty ? "" : "Missing: \(runs.joined(separator: ", ")). ")
      + (chains.isEmpty
        ? "" : "Left out, because not every seed has them: \(chains.joined(separator: ", ")).")
  }

  private var chance: String? {
    results.headlines.lazy.compactMap(results.firstSeed).first.map {
      "\(aligned(100 * $0.prevalence)) % of the test scans' brain voxels belong to a lesion: that is the "
        + "AUPRC of guessing. AUROC, which is 0.5 for guessing, looks good for every method if lesions are "
        + "rare."
    }
  }

  private var cohort: String {
    "One set of scans was tested. The figures do not hold for another disease, scanner or sequence."
  }
}
