import Tensors
import Testing
import Volumes

@testable import Norma

/// Every registered method against the contract of ``Method``.
@Suite struct MethodMatrixTests {
  static let presets = Preset.all.map(\.name)

  /// Prepared slices of a person as a batch.
  static func batch(_ person: UInt64, slices: Int = 4, blob: TestScan.Blob? = nil) throws -> Batch {
    let prepared = try ScanPreparation(recipe: TestScan.recipe)(
      TestScan.make(person, blob: blob).image, name: "scan")
    func tensor(_ values: [Float]) throws -> Tensor {
      try Tensor(Array(values.prefix(slices * 1024)), shape: [slices, 1, 32, 32])
    }
    return Batch(images: try tensor(prepared.images), brain: try tensor(prepared.brain))
  }

  static func make(_ preset: String, seed: UInt64 = 0) throws -> any Method {
    let configuration = try Configuration.tiny(preset)
    return try MethodRegistry.entry(configuration.method)
      .make(model: configuration.model, context: MethodContext(imageSize: 32, seed: seed))
  }

  /// A few steps on other people than those that are scored.
  static func train(_ method: any Method, from first: UInt64 = 0, steps: UInt64 = 3, slices: Int = 4) throws {
    for step in first..<first + steps {
      let losses = try method.step(
        batch(step, slices: slices), StepContext(learningRate: 1e-3, generator: Generator(seed: step)))
      #expect(losses.total.isFinite && losses.parts.values.allSatisfy(\.isFinite))
    }
  }

  static func bytes(_ state: [String: Tensor]) throws -> [String: [UInt8]] {
    try state.mapValues { try $0.bytes() }
  }

  @Test func everyMethodHasAPreset() throws {
    let methods = Set(MethodRegistry.entries.map(\.name).filter { !$0.hasPrefix("test-") })
    #expect(try methods == Set(Self.presets.map { try Configuration(preset: $0).method }))
    #expect(methods.isSuperset(of: ["brightness", "normative", "vae"]))
  }

  @Test(arguments: presets)
  func aScoreIsAMapOfTheBrainAndChangesNothing(preset: String) throws {
    let method = try Self.make(preset)
    try Self.train(method)
    let before = try Self.bytes(method.state), batch = try Self.batch(9)
    let score = try method.score(batch)
    #expect(score.map.shape == [4, 1, 32, 32])
    #expect(score.reconstruction.map { $0.shape == [4, 1, 32, 32] } ?? true)
    let values = try score.map.values(), brain = try batch.brain.values()
    #expect(values.allSatisfy { $0.isFinite && $0 >= 0 } && values.contains { $0 > 0 })
    #expect(zip(values, brain).allSatisfy { value, inside in inside == 1 || value == 0 })
    let loss = try method.validationLosses(batch)?.total
    #expect(loss?.isFinite ?? true)
    #expect(try method.score(batch).map.values() == values)
    #expect(try method.validationLosses(batch)?.total == loss)
    #expect(try Self.bytes(method.state) == before)
  }

  @Test(arguments: presets)
  func slicesOfABatchDoNotKnowEachOther(preset: String) throws {
    let method = try Self.make(preset)
    try Self.train(method)
    let together = try method.score(Self.batch(9)).map.select(0, 0).values()
    #expect(distance(together, try method.score(Self.batch(9, slices: 1)).map.values()) < 1e-4)
  }

  @Test(arguments: presets)
  func aBatchOfOneIsEnough(preset: String) throws {
    let method = try Self.make(preset)
    try Self.train(method, slices: 1)
    #expect(try method.score(Self.batch(9, slices: 1)).map.shape == [1, 1, 32, 32])
  }

  @Test(arguments: presets)
  func theStateIsAllThatScoringNeeds(preset: String) throws {
    let method = try Self.make(preset, seed: 1), batch = try Self.batch(9)
    try Self.train(method)
    let other = try Self.make(preset, seed: 2)
    try Self.train(other, from: 20, steps: 1)
    _ = try other.score(batch)
    try other.load(state: method.state)
    #expect(try other.score(batch).map.values() == method.score(batch).map.values())
    #expect(try Self.bytes(other.state) == Self.bytes(method.state))
  }

  @Test(arguments: presets)
  func trainingGoesOnFromItsTwoStates(preset: String) throws {
    let method = try Self.make(preset, seed: 1)
    try Self.train(method, steps: 2)
    let (state, optimizer) = try (
      method.state.mapValues { try $0.detach().clone() },
      method.optimizerState.mapValues { try $0.detach().clone() }
    )
    try Self.train(method, from: 2)
    let other = try Self.make(preset, seed: 2)
    try other.load(state: state)
    try other.load(optimizerState: optimizer)
    try Self.train(other, from: 2)
    #expect(try Self.bytes(other.state) == Self.bytes(method.state))
    #expect(try Self.bytes(other.optimizerState) == Self.bytes(method.optimizerState))
  }

  @Test(arguments: presets.filter { $0 != "brightness" })
  func aStateThatDoesNotFitIsRefused(preset: String) throws {
    let method = try Self.make(preset), state = try method.state
    let names = state.filter { $0.value.rank > 0 }.keys.sorted()
    let name = try #require(names.first)
    let shape = try #require(state[name]).shape
    var lacking = state
    lacking[name] = nil
    #expect(throws: ParameterError.missing(path: name, shape: shape)) { try method.load(state: lacking) }
    var wrong = state
    wrong[name] = try .zeros([3, 7])
    #expect(throws: ParameterError.shape(path: name, expected: shape, actual: [3, 7])) {
      try method.load(state: wrong)
    }
  }
}
