import Base
public import Cohort
import Methods
import StrictSettings
public import Foundation
public import Tensors

/// Several bundles made into one: an ensemble whose map is the weighted sum of theirs.
///
/// Bundles of one method keep the thresholds that each measured on participants it had not seen. A threshold of the
/// whole is the score that all of them together exceed as often as stated, so no scan is scored again and
/// none that trained a member counts. Maps of unlike methods have no common unit: their sum is measured on
/// lesion-free scans.
public struct BundleCombination {
  private let bundles: [ModelBundle]
  private let configuration: Configuration
  /// The scans or anatomies whose validation split gives the thresholds; nil: the bundles' own are pooled.
  private let data: Manifest?
  private let anatomies: AnatomyFiles?

  /// The mean of bundles of one method.
  ///
  /// - Throws: A ``Problem`` of kind `usage` for fewer than two, for bundles that differ by more than model
  ///   and training, or by the kind of their calibration, and for voxel-wise statistics, which a mean of maps would not have.
  public init(_ bundles: [ModelBundle]) throws {
    let share = 1 / Double(bundles.count)
    try self.init(bundles.map { Part($0, weight: share) }, thresholdsFrom: nil)
    try Self.requireSameKind(bundles)
    for bundle in bundles where bundle.comparable != bundles[0].comparable {
      throw Problem(
        .usage, "the bundle's configuration differs from that of \(bundles[0].url.path)", at: bundle.url.path,
        advice: "combine runs that differ by model and training alone, or give lesion-free scans with --data")
    }
  }

  private static func requireSameKind(_ bundles: [ModelBundle]) throws {
    let isSimulated = bundles.first?.description.isSimulated
    for bundle in bundles where bundle.description.isSimulated != isSimulated {
      throw Problem(
        .usage, "some bundles were calibrated on scans, others on simulated brains", at: bundle.url.path,
        advice: "calibrate all of them with norma bundle calibrate, or give lesion-free scans with --data")
    }
  }

  /// One of the bundles.
  public struct Part {
    let bundle: ModelBundle
    let weight, floor: Double

    /// A bundle whose map counts `weight` times as far as it is above `floor`.
    public init(_ bundle: ModelBundle, weight: Double, floor: Double = 0) {
      (self.bundle, self.weight, self.floor) = (bundle, weight, floor)
    }
  }

  /// The weighted sum of any bundles, measured on the validation scans of `data`, or on brains made from its
  /// validation anatomies, and scored as the first one is. A bundle that knows only some levels counts only
  /// there. The slices are as far apart as those of the first.
  ///
  /// - Throws: A ``Problem`` of kind `usage` for fewer than two, for other recipes, and for voxel-wise
  ///   statistics.
  public init(_ parts: [Part], measuredOn data: Manifest, anatomies: AnatomyFiles? = nil) throws {
    try self.init(parts, thresholdsFrom: data, anatomies: anatomies)
  }

  private init(_ parts: [Part], thresholdsFrom data: Manifest?, anatomies: AnatomyFiles? = nil) throws {
    guard parts.count > 1, let first = parts.first else {
      throw Problem(
        .usage, "one bundle alone cannot be combined", at: parts.first?.bundle.url.path ?? "bundle combine",
        advice: "give two or more bundles")
    }
    bundles = parts.map(\.bundle)
    for bundle in bundles where bundle.description.configuration.scoring.normalization != .none {
      throw Problem(
        .usage, "the bundle scales its map by statistics of its own", at: bundle.url.path,
        advice: "train it with scoring.normalization=none")
    }
    for bundle in bundles where bundle.commonRecipe != first.bundle.commonRecipe {
      throw Problem(
        .usage, "the bundle's recipe differs from that of \(first.bundle.url.path)", at: bundle.url.path,
        advice: "combine bundles whose recipes differ by zRange, sliceSpacing and adjacentDistance alone")
    }
    let recipes = bundles.map(\.description.configuration.recipe)
    var configuration = first.bundle.description.configuration
    let levels = recipes.contains(where: \.zRange.isEmpty) ? [] : recipes.flatMap(\.zRange)
    configuration.recipe.zRange = [levels.min(), levels.max()].compactMap { $0 }
    configuration.recipe.adjacentDistance = try Self.adjacentDistance(of: parts.map(\.bundle))
    let members = parts.map { part in
      let own = part.bundle.description.configuration
      let zRange = own.recipe.zRange == configuration.recipe.zRange ? [] : own.recipe.zRange
      return MethodCombination.Member(
        method: own.method, model: own.model, weight: part.weight, floor: part.floor, zRange: zRange)
    }
    configuration.method = MethodCombination.method
    configuration.model = try MethodCombination(members).model
    (self.configuration, self.data, self.anatomies) = (configuration, data, anatomies)
  }

  /// The distance of those bundles that see adjacent slices; 0 if none does.
  private static func adjacentDistance(of bundles: [ModelBundle]) throws -> Double {
    let seeing = bundles.filter { $0.description.configuration.recipe.adjacentDistance > 0 }
    let distances = seeing.map(\.description.configuration.recipe.adjacentDistance)
    if let other = seeing.indices.first(where: { distances[$0] != distances[0] }) {
      throw Problem(
        .usage, "the bundle sees slices at another distance than \(seeing[0].url.path)",
        at: seeing[other].url.path, advice: "combine bundles with one recipe.adjacentDistance")
    }
    return distances.first ?? 0
  }

  /// Writes the combination.
  ///
  /// - Parameters:
  ///   - name: The name of the new bundle.
  ///   - description: The data in plain words.
  ///   - isHalf: Whether the weights are stored as float16.
  ///   - url: The folder to write; a bundle that exists there is replaced.
  ///   - device: Where the scans are scored.
  ///   - progress: Gets the numbers of finished scans and of all scans.
  /// - Returns: The bundle at `url`.
  /// - Throws: A ``Problem`` of kind `cannotCreate` if `url` exists and is not a bundle.
  public func write(
    name: String, description: String?, isHalf: Bool = false, to url: URL, device: Device = .cpu,
    progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws -> ModelBundle {
    try ModelBundle.requireRoom(at: url)
    let method = try MethodRegistry.entry(configuration.method)
      .make(model: configuration.model, context: MethodContext(configuration, device: device))
    var state = MethodCombination.state(
      try bundles.map { try $0.scorer(device: device).method.state })
    // What is measured is what will be read again.
    if isHalf {
      for (name, tensor) in state where ModelBundle.isWeight(name) {
        state[name] = try tensor.to(.float16).to(.float32)
      }
    }
    try method.load(state: state)
    let scorer = Scorer(method: method, settings: configuration.scoring, device: device)
    let descriptions = bundles.map(\.description)
    let digests = Set(descriptions.map(\.provenance.dataSHA256))
    let calibration =
      try data.map {
        try Calibration(
          of: scorer, configuration: configuration, on: $0, anatomies: anatomies, progress: progress)
      }
      ?? Calibration(pooling: descriptions.map(\.calibration), areOtherCases: digests.count > 1)
    try ModelBundle.write(
      scorer, configuration: configuration, calibration: calibration,
      domain: InputDomain(pooling: descriptions.compactMap(\.domain)),
      provenance: provenance(description, digests: digests), name: name, isHalf: isHalf, to: url)
    return try ModelBundle(contentsOf: url)
  }

  private func provenance(_ description: String?, digests: Set<String>) -> BundleDescription.Provenance {
    let members = bundles.map(\.description.provenance)
    var provenance = members[0]
    provenance.data = description ?? provenance.data
    provenance.isSynthetic = members.allSatisfy { $0.isSynthetic == true } ? true : nil
    if digests.count > 1 {
      provenance.dataSHA256 = Digest.of(Data(digests.sorted().joined().utf8))
      provenance.validationCases = members.reduce(0) { $0 + $1.validationCases }
      provenance.validationSlices = members.reduce(0) { $0 + $1.validationSlices }
    }
    return provenance
  }
}

extension ModelBundle {
  /// The configuration without what bundles of one unit may differ by.
  fileprivate var comparable: Configuration {
    var configuration = description.configuration
    configuration.model = .map([:])
    configuration.training = TrainingSettings()
    configuration.training.exclusion = description.configuration.training.exclusion
    return configuration
  }

  /// The recipe without what is settled when bundles are combined.
  fileprivate var commonRecipe: Recipe {
    var recipe = description.configuration.recipe
    (recipe.zRange, recipe.adjacentDistance, recipe.sliceSpacing) = ([], 0, Recipe().sliceSpacing)
    return recipe
  }
}

extension Calibration {
  /// One curve for the mean of several models: the rate at a score is the mean of their rates, weighted by
  /// voxels. The regions of a mean are not those of its members, so they are not kept.
  fileprivate init(pooling calibrations: [Calibration], areOtherCases: Bool) {
    let voxels = calibrations.reduce(0) { $0 + $1.voxels }
    func rate(above threshold: Double) -> Double {
      calibrations.reduce(0) { $0 + $1.rate(above: threshold) * Double($1.voxels) / Double(voxels) }
    }
    let thresholds = calibrations.flatMap { $0.curve.map(\.threshold) }.sorted(by: >)
    let exceeded = thresholds.map(rate)
    let rates = calibrations.map { $0.curve.map(\.rate) }.max { $0.count < $1.count } ?? []
    curve = rates.compactMap { wanted in
      guard let upper = exceeded.firstIndex(where: { $0 >= wanted }) else { return nil }
      // Rates are linear between two of the thresholds.
      let previous = max(upper - 1, 0)
      let (low, high) = (thresholds[upper], thresholds[previous])
      let (more, less) = (exceeded[upper], exceeded[previous])
      let share = more > less ? (more - wanted) / (more - less) : 0
      return Point(rate: wanted, threshold: low + share * (high - low))
    }
    cases = areOtherCases ? calibrations.reduce(0) { $0 + $1.cases } : calibrations[0].cases
    self.voxels = areOtherCases ? voxels : calibrations[0].voxels
    let counts = calibrations.map(\.participants)
    participants = areOtherCases ? counts.reduce(0, +) : counts[0]
    let withLesion = calibrations.compactMap(\.casesWithLesion)
    let anatomies = calibrations.compactMap(\.anatomies)
    self.anatomies = areOtherCases && !anatomies.isEmpty ? anatomies.reduce(0, +) : anatomies.first
    casesWithLesion = areOtherCases && !withLesion.isEmpty ? withLesion.reduce(0, +) : withLesion.first
    reliability = Reliability(pooling: calibrations, areOtherCases: areOtherCases)
  }
}

extension Reliability {
  /// The mean of what several models show, weighted by voxels; nil where one of them shows nothing. The mean
  /// interval is that of models that err together, never too narrow for others.
  fileprivate init?(pooling calibrations: [Calibration], areOtherCases: Bool) {
    let members = calibrations.compactMap(\.reliability), voxels = calibrations.map { Double($0.voxels) }
    guard members.count == calibrations.count else { return nil }
    func mean(_ value: (Reliability) -> Double) -> Double {
      zip(members, voxels).reduce(0) { $0 + value($1.0) * $1.1 } / voxels.reduce(0, +)
    }
    points = members[0].points.enumerated().map { index, point in
      Point(
        stated: point.stated, observed: mean { $0.points[index].observed },
        interval: [0, 1].map { end in mean { $0.points[index].interval[end] } },
        perParticipant: [0, 1].map { end in mean { $0.points[index].perParticipant[end] } })
    }
    participants = areOtherCases ? members.reduce(0) { $0 + $1.participants } : members[0].participants
  }
}

extension InputDomain {
  /// Creates the union of the domains of several models; nil for none.
  fileprivate init?(pooling domains: [InputDomain]) {
    guard let first = domains.first else { return nil }
    scans = domains.map(\.scans).max() ?? 0
    histogram = first.histogram.indices.map { bin in
      domains.reduce(0) { $0 + $1.histogram[bin] } / Double(domains.count)
    }
    ranges = first.ranges.map { range in
      let same = domains.flatMap(\.ranges).filter { $0.name == range.name }
      return Range(
        name: range.name, unit: range.unit, low: same.map(\.low).min() ?? range.low,
        high: same.map(\.high).max() ?? range.high)
    }
  }
}
