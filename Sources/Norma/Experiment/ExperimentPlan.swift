import Base
import Methods
import StrictSettings
import Foundation

/// What an experiment compares, on one manifest: methods by preset, each with several seeds.
public struct ExperimentPlan: Codable, Hashable, Sendable {
  /// The scale of the networks and of the grid they see.
  public enum Scale: Int, Codable, Hashable, Sendable, CaseIterable {
    /// The unified network at 128 x 128 pixels.
    case unified = 128
    /// The network and grid of Baur et al. 2018, 256 x 256 pixels.
    case paper = 256
  }

  /// Preset names without the scale, in the order of the tables.
  public var methods: [String]
  /// Seeds 0 to `seeds` - 1 of every method whose maps depend on the seed.
  public var seeds: Int
  /// The scale of networks and grid.
  public var scale: Scale
  /// Configuration keys that override every preset, as `key=value`, or that of one method, as
  /// `dense-ae:key=value`.
  public var settings: [String]
  /// The number of test and calibration scans that a slow search is run on; 0 = all.
  public var searchCases: Int

  /// The presets in the comparison of Baur et al. 2018, in the order of its table.
  public static var baur2018: [String] { comparison.map(\.name) }
  /// Those of them that learn nothing, which the others are measured against.
  public static var baselines: [String] { comparison.filter { $0.role == .baseline }.map(\.name) }

  private static var comparison: [Preset] {
    let rows = Preset.all.compactMap { preset in preset.comparisonRow.map { ($0, preset) } }
    return rows.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - methods: Preset names without the scale, in the order of the tables.
  ///   - seeds: How often methods whose maps depend on the seed are trained.
  ///   - scale: The scale of networks and grid.
  ///   - settings: Configuration keys, `key=value` or `method:key=value`.
  ///   - searchCases: The number of test and calibration scans that a slow search is run on; 0 = all.
  /// - Throws: A ``Problem`` of kind `usage` for no seed, a ``ConfigurationError`` for an unknown method or
  ///   key.
  public init(
    methods: [String] = baur2018, seeds: Int = 3, scale: Scale = .unified, settings: [String] = [],
    searchCases: Int = 20
  ) throws {
    (self.methods, self.seeds, self.scale) = (methods, seeds, scale)
    (self.settings, self.searchCases) = (settings, searchCases)
    guard seeds > 0, searchCases >= 0 else {
      throw Problem(
        .usage, "an experiment needs one seed or more", at: "--seeds", advice: "give a number from 1 up")
    }
    for run in runs { _ = try configuration(of: run) }
    // A key of a method of an earlier or later call is not a mistake.
    let known = Preset.all.map(\.name)
    for setting in settings {
      guard let owner = Self.owner(of: setting), !known.contains(owner) else { continue }
      throw ConfigurationError.unknownName(kind: "method", name: owner, known: known)
    }
  }

  /// One training and scoring of an experiment.
  public struct Run: Codable, Hashable, Sendable {
    /// The preset's name without the scale.
    public let method: String
    /// The seed of initial weights, slice order and random samples.
    public let seed: Int

    /// `dense-vae-0`, the name of its files.
    public var name: String { "\(method)-\(seed)" }
  }

  /// Everything to be done, seed by seed, so that a stopped experiment has whole tables.
  public var runs: [Run] {
    (0..<seeds).flatMap { seed in
      methods.filter { seed == 0 || Self.isStochastic($0) }.map { Run(method: $0, seed: seed) }
    }
  }

  /// What a run is trained and scored with.
  ///
  /// - Throws: A ``ConfigurationError`` for an unknown preset or setting.
  public func configuration(of run: Run) throws -> Configuration {
    let atScale = "\(run.method)-\(scale.rawValue)"
    let preset = Preset.all.contains { $0.name == atScale } ? atScale : run.method
    let grid =
      preset == run.method && scale == .paper ? ["recipe.gridSize=256", "recipe.gridSpacing=0.75"] : []
    let search = try isSearch(preset) ? ["calibration.cases=\(searchCases)"] : []
    return try Configuration(
      preset: preset, settings: grid + search + settings(for: run.method) + ["training.seed=\(run.seed)"])
  }

  private func settings(for method: String) -> [String] {
    settings.compactMap { setting in
      guard let owner = Self.owner(of: setting) else { return setting }
      return owner == method ? String(setting.dropFirst(owner.count + 1)) : nil
    }
  }

  /// The method before the colon of `dense-ae:key=value`.
  private static func owner(of setting: String) -> String? {
    let key = setting.prefix { $0 != "=" }
    return key.firstIndex(of: ":").map { String(key[..<$0]) }
  }

  /// How many scans of a kind a run is scored on; nil = all.
  package func caseLimit(_ run: Run) throws -> Int? {
    try searchCases > 0 && isSearch(run.method) ? searchCases : nil
  }

  private func isSearch(_ preset: String) throws -> Bool { try Self.metadata(of: preset).isSlowSearch }

  /// Whether the seed changes anything.
  package static func isStochastic(_ preset: String) -> Bool {
    (try? metadata(of: preset).isStochastic) ?? true
  }

  private static func metadata(of preset: String) throws -> MethodMetadata {
    try MethodRegistry.entry(Configuration(preset: preset).method).metadata
  }
}
