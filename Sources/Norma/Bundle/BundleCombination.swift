public import Foundation
public import Tensors

/// Bundles of one configuration, trained with other seeds or on other folds, made into one: an ensemble whose map is
/// the mean of theirs.
///
/// Each keeps the thresholds that it measured on people it had not seen. A threshold of the whole is the score that
/// all of them together exceed as often as stated, so no scan is scored again and none that trained a member counts.
public struct BundleCombination {
  private let bundles: [ModelBundle]

  /// Throws a ``Problem`` for fewer than two, for configurations that differ by more than seed and fold, and for
  /// voxel-wise statistics, which a mean of maps would not have.
  public init(_ bundles: [ModelBundle]) throws {
    guard bundles.count > 1, let first = bundles.first else {
      throw Problem(
        .usage, "one bundle alone cannot be combined", at: bundles.first?.url.path ?? "bundle combine",
        advice: "give two or more bundles of one configuration")
    }
    for bundle in bundles where bundle.comparableConfiguration != first.comparableConfiguration {
      throw Problem(
        .usage, "the bundle's configuration differs from that of \(first.url.path)", at: bundle.url.path,
        advice: "combine runs that differ by training.seed and training.fold alone")
    }
    guard first.manifest.configuration.scoring.normalization == .none else {
      throw Problem(
        .usage, "the bundles scale their maps by statistics of their own", at: first.url.path,
        advice: "train them with scoring.normalization=none")
    }
    self.bundles = bundles
  }

  /// Writes the combination; `description` is plain words about the data. Returns it.
  public func write(
    name: String, description: String?, to url: URL, device: Device = .cpu
  ) throws -> ModelBundle {
    let manifests = bundles.map(\.manifest)
    var configuration = manifests[0].configuration
    let settings = EnsembleSettings(
      members: manifests.map {
        .init(
          method: $0.configuration.method, model: $0.configuration.model, weight: 1 / Double(manifests.count))
      })
    (configuration.method, configuration.model) = (Ensemble.name, try ConfigurationNode(encoding: settings))
    let method = try Ensemble(settings: settings, context: MethodContext(configuration, device: device))
    var state = [String: Tensor]()
    for (index, bundle) in bundles.enumerated() {
      state = state.joined(try bundle.scorer(device: device).method.state.prefixed("\(index)"))
    }
    try method.load(state: state)
    var provenance = manifests[0].provenance
    provenance.data = description ?? provenance.data
    let digests = Set(manifests.map(\.provenance.dataSHA256))
    if digests.count > 1 {
      provenance.dataSHA256 = Digest.of(Data(digests.sorted().joined().utf8))
      provenance.validationCases = manifests.reduce(0) { $0 + $1.provenance.validationCases }
      provenance.validationSlices = manifests.reduce(0) { $0 + $1.provenance.validationSlices }
    }
    try ModelBundle.write(
      Scorer(method: method, settings: configuration.scoring, device: device), configuration: configuration,
      calibration: Calibration(pooling: manifests.map(\.calibration), areOtherCases: digests.count > 1),
      domain: InputDomain(pooling: manifests.compactMap(\.domain)), provenance: provenance, name: name,
      to: url)
    return try ModelBundle(contentsOf: url)
  }
}

extension ModelBundle {
  /// The configuration without what runs of one ensemble may differ by.
  fileprivate var comparableConfiguration: Configuration {
    var configuration = manifest.configuration
    (configuration.training.seed, configuration.training.fold) = (0, 0)
    return configuration
  }
}

extension Calibration {
  /// One curve for the mean of several models: the rate at a score is the mean of their rates, weighted by voxels.
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
    let people = calibrations.map(\.people)
    participants = areOtherCases ? people.reduce(0, +) : people[0]
    reliability = Reliability(pooling: calibrations, areOtherCases: areOtherCases)
  }
}

extension Reliability {
  /// The mean of what several models show, weighted by voxels; nil where one of them shows nothing. The mean interval
  /// is that of models that err together, never too narrow for others.
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
        people: [0, 1].map { end in mean { $0.points[index].people[end] } })
    }
    participants = areOtherCases ? members.reduce(0) { $0 + $1.participants } : members[0].participants
  }
}

extension InputDomain {
  /// What any of several models has seen; nil for none.
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
