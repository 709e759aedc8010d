import Base
import Tensors

/// Several methods that see the same slices; the map is the weighted sum of theirs.
///
/// It averages seeds of one method and fuses methods of different kinds. Members learn side by side from the
/// same batches, or are trained apart and combined (``MethodCombination``).
final class Ensemble: Method {
  static let name = "ensemble"
  static let summary = "weighted sum of the maps of several methods"
  static let presets = [
    Preset(
      "ensemble",
      summary: "weighted sum of the maps of several methods; by default of those that no seed changes",
      role: .comparator,
      yaml: """
        method: ensemble
        training: {epochs: 1, mirror: 0}
        """)
  ]

  /// Whether a member does.
  static func needsZScores(_ settings: ModelSettings) throws -> Bool {
    try settings.members.contains { try MethodCatalogue.entry($0.method).needsZScores(model: $0.model) }
  }

  private let members: [(method: any Method, settings: ModelSettings.Member)]

  init(settings: ModelSettings, context: MethodContext) throws {
    members = try settings.members.enumerated().map { index, member in
      var context = context
      var seeds = SeededGenerator(seed: context.seed, stream: UInt64(index))
      context.seed = seeds.next()
      let entry = try MethodCatalogue.entry(member.method)
      let model = try entry.resolve(member.model, entry.defaults)
      return (try entry.make(model: model, context: context), member)
    }
  }

  func step(_ batch: Batch, _ context: StepContext) throws -> Losses {
    Self.sum(try members.map { try $0.method.step(batch, context) })
  }

  /// Nil where a member has none.
  func validationLosses(_ batch: Batch) throws -> Losses? {
    let losses = try members.compactMap { try $0.method.validationLosses(batch) }
    return losses.count == members.count ? Self.sum(losses) : nil
  }

  func score(_ batch: Batch, generator: Generator?) throws -> AnomalyScore {
    var map = try batch.brain.zerosLike(), tissues = [Tensor]()
    for (method, settings) in members {
      let weights = batch.z.map { settings.zRange.spans($0) ? Float(settings.weight) : 0 }
      guard weights.contains(where: { $0 > 0 }) else { continue }
      let weight = try Tensor(weights, shape: [batch.count, 1, 1, 1], device: map.device)
      let own = try method.score(batch, generator: generator)
      map = try map + (own.map - Float(settings.floor)).relu() * weight
      tissues += [own.tissues].compactMap { $0 }
    }
    return AnomalyScore(map: map, tissues: tissues.isEmpty ? nil : try Tensor.stack(tissues).mean([0]))
  }

  /// Totals are added; parts are named by their member, from 0.
  private static func sum(_ losses: [Losses]) -> Losses {
    var sum = Losses(total: 0)
    for (index, losses) in losses.enumerated() {
      sum.total += losses.total
      for (name, value) in losses.terms { sum.terms["\(index).\(name)"] = value }
    }
    return sum
  }

  var state: [String: Tensor] { get throws { try weights.state } }
  func load(state: [String: Tensor]) throws { try weights.load(state) }
  var optimizerState: [String: Tensor] { get throws { try trainingStates.state } }
  func load(optimizerState: [String: Tensor]) throws { try trainingStates.load(optimizerState) }

  private var weights: ModuleTree { tree { Weights(method: $0) } }
  private var trainingStates: ModuleTree { tree { TrainingState(method: $0) } }

  private func tree(_ module: (any Method) -> any StatefulModule) -> ModuleTree {
    ModuleTree(members.enumerated().map { ("\($0.offset)", module($0.element.method)) })
  }

  /// What scoring with a member needs.
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
