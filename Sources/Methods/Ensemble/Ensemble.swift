import Base
package import StrictSettings
package import Tensors

/// Several methods that see the same slices; the map is the weighted sum of theirs.
///
/// Seeds of one method are averaged so, and methods of different kinds are fused. Members learn side by side from the
/// same batches, or are trained apart and put together by `norma bundle combine`.
package final class Ensemble: Method {
  package static let name = "ensemble"
  package static let summary = "weighted sum of the maps of several methods"

  /// Where a member does.
  package static func needsZScores(_ settings: EnsembleSettings) throws -> Bool {
    try settings.members.contains { try MethodRegistry.entry($0.method).needsZScores(model: $0.model) }
  }

  private let members: [(method: any Method, settings: EnsembleSettings.Member)]

  package init(settings: EnsembleSettings, context: MethodContext) throws {
    members = try settings.members.enumerated().map { index, member in
      var context = context
      var seeds = SeededGenerator(seed: context.seed, stream: UInt64(index))
      context.seed = seeds.next()
      let entry = try MethodRegistry.entry(member.method)
      let model = try entry.resolve(member.model, entry.defaults)
      return (try entry.make(model: model, context: context), member)
    }
  }

  package func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    Self.sum(try members.map { try $0.method.step(batch, context) })
  }

  /// Nil as soon as a member has none.
  package func validationLosses(_ batch: Batch) throws -> Losses? {
    let losses = try members.compactMap { try $0.method.validationLosses(batch) }
    return losses.count == members.count ? Self.sum(losses) : nil
  }

  package func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    var map = try batch.brain.zerosLike()
    for (method, settings) in members {
      let shares = batch.z.map { settings.zRange.spans($0) ? Float(settings.weight) : 0 }
      guard shares.contains(where: { $0 > 0 }) else { continue }
      let share = try Tensor(shares, shape: [batch.count, 1, 1, 1], device: map.device)
      let own = try (method.score(batch, generator: generator).map - Float(settings.floor)).relu()
      map = try map + own * share
    }
    return AnomalyScore(map: map)
  }

  /// Totals are added; parts are named by their member, the first one 0.
  private static func sum(_ losses: [Losses]) -> Losses {
    var sum = Losses(total: 0)
    for (index, losses) in losses.enumerated() {
      sum.total += losses.total
      for (name, value) in losses.terms { sum.terms["\(index).\(name)"] = value }
    }
    return sum
  }

  package var state: [String: Tensor] { get throws { try weights.state } }
  package func load(state: [String: Tensor]) throws { try weights.load(state) }
  package var optimizerState: [String: Tensor] { get throws { try trainingStates.state } }
  package func load(optimizerState: [String: Tensor]) throws { try trainingStates.load(optimizerState) }

  private var weights: ModuleTree { tree { Weights(method: $0) } }
  private var trainingStates: ModuleTree { tree { TrainingState(method: $0) } }

  private func tree(_ module: (any Method) -> any StatefulModule) -> ModuleTree {
    ModuleTree(members.enumerated().map { ("\($0.offset)", module($0.element.method)) })
  }

  /// A member's weights.
  private struct Weights: StatefulModule {
    let method: any Method
    var state: [String: Tensor] { get throws { try method.state } }
    func load(_ state: [String: Tensor]) throws { try method.load(state: state) }
  }

  /// What only training a member needs.
  private struct TrainingState: StatefulModule {
    let method: any Method
    var state: [String: Tensor] { get throws { try method.optimizerState } }
    func load(_ state: [String: Tensor]) throws { try method.load(optimizerState: state) }
  }
}

/// Settings of an ensemble.
package struct EnsembleSettings: Settings {
  /// One of the methods.
  package struct Member: Codable, Hashable, Sendable {
    /// Its name in ``MethodRegistry``.
    package var method: String
    /// Those of its settings that differ from its defaults.
    package var model = ConfigurationNode.map([:])
    /// What its map is multiplied with.
    package var weight = 1.0
    /// What of its map counts as nothing; what is above counts from there.
    package var floor = 0.0
    /// Lowest and highest template level in mm between which it is heard; empty = at all levels.
    package var zRange: [Double] = []

    /// A method with the settings that differ from its defaults.
    package init(method: String, model: ConfigurationNode = .map([:])) {
      (self.method, self.model) = (method, model)
    }
  }

  package var members = [Member(method: Brightness.name), Member(method: NormativeMap.name)]

  /// The defaults.
  package init() {}

  /// An ensemble of these members.
  package init(members: [Member]) { self.members = members }

  package func validate(path: String) throws {
    try require((1...20).contains(members.count), path, "members", members.count, "one to twenty methods")
    for (index, member) in members.enumerated() {
      let path = join(path, "members[\(index)]")
      try require(
        member.weight > 0 && member.weight <= 1000, path, "weight", member.weight, "more than 0, at most 1000"
      )
      try require((0...1000).contains(member.floor), path, "floor", member.floor, "0 to 1000")
      try require(
        member.zRange.isEmpty || member.zRange.count == 2 && member.zRange[0] <= member.zRange[1], path,
        "zRange", member.zRange, "none, or the lowest and the highest in mm")
      let entry = try MethodRegistry.entry(member.method)
      _ = try entry.resolve(member.model, entry.defaults)
    }
  }
}
