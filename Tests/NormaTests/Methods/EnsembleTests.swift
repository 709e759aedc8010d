import _TestSupport
import Tensors
import Testing

@testable import Base
@testable import Methods
@testable import Norma

@Suite struct EnsembleTests {
  private func ensemble(_ members: String, settings: [String] = []) throws -> any Method {
    let configuration = try Configuration.tiny("ensemble", settings: ["model.members=\(members)"] + settings)
    return try MethodRegistry.entry("ensemble").make(
      model: configuration.model, context: MethodContext(imageSize: 32))
  }

  @Test func theMapIsTheWeightedSum() throws {
    let method = try ensemble("[{method: brightness, weight: 0.5}, {method: normative, model: {sigma: 1}}]")
    let alone = try ensemble("[{method: normative, model: {sigma: 1}}]")
    for method in [method, alone] { try MethodMatrixTests.train(method) }
    let batch = try MethodMatrixTests.batch(9)
    let intensity = try ((batch.images - 0.5) * 10).relu() * batch.brain
    let expected = try (intensity * 0.5 + alone.score(batch).map).values()
    #expect(distance(try method.score(batch).map.values(), expected) < 1e-5)
  }

  /// A member counts above its floor, and at its own levels and unknown ones alone.
  @Test func aMemberIsHeardAboveItsFloorAndAtItsLevels() throws {
    let member = "{method: brightness, weight: 2, floor: 0.5, zRange: [10, 20]}"
    let method = try ensemble("[{method: brightness}, \(member)]")
    let batch = try MethodMatrixTests.batch(9)
    let placed = Batch(images: batch.images, brain: batch.brain, z: [9.9, 10, nil, 21])
    let intensity = try ((batch.images - 0.5) * 10).relu() * batch.brain
    let map = try method.score(placed).map
    for (index, isHeard) in [false, true, true, false].enumerated() {
      let own = try intensity.select(0, index)
      let expected = try isHeard ? own + (own - 0.5).relu() * 2 : own
      #expect(distance(try map.select(0, index).values(), try expected.values()) < 1e-5, "\(index)")
    }
  }

  @Test func membersOfOneKindStartFromOtherWeights() throws {
    let member = "{method: autoencoder, model: {network: {channels: [4, 8], denseSize: 6}}}"
    let state = try ensemble("[\(member), \(member)]").state
    let names = state.keys.filter { $0.hasPrefix("0.") && $0.hasSuffix("weight") }
    #expect(
      try names.contains { try state.golden($0).values() != state.golden("1.\($0.dropFirst(2))").values() })
  }

  @Test(
    arguments: [
      ("[]", "model.members"), ("[{method: brigtness}]", "brigtness"),
      ("[{method: normative, model: {sigmo: 1}}]", "sigmo"),
      ("[{method: normative, model: {sigma: 90}}]", "sigma"), ("[{weight: 0}]", "weight"),
      ("[{methods: normative}]", "methods"), ("[{method: brightness, floor: -1}]", "floor"),
      ("[{method: brightness, zRange: [3]}]", "zRange"),
      ("[{method: brightness, zRange: [3, 2]}]", "zRange"),
    ])
  func membersThatCannotBeAreRefused(members: String, named: String) throws {
    let problem = try problem { try ensemble(members) }
    #expect(problem.kind == .usage && "\(problem)".contains(named))
  }

  /// A later layer replaces the members, whatever settings the first one of an earlier layer has.
  @Test func laterMembersReplaceEarlierOnes() throws {
    let configuration = try Configuration(
      preset: "ensemble",
      settings: [
        "model.members=[{method: normative, model: {sigma: 1}}]",
        "model.members=[{method: brightness}, {method: normative, model: {shrinkage: 2}}]",
      ])
    let members = try Ensemble.ModelSettings(strict: configuration.model).members
    #expect(
      members.map(\.method) == ["brightness", "normative"] && members[1].model == .map(["shrinkage": .int(2)])
    )
  }
}
