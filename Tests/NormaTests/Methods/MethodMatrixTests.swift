import Foundation
import Tensors
import Testing
import Volumes

@testable import Methods
@testable import Norma

/// Every registered method against the contract of ``Method``.
@Suite struct MethodMatrixTests {
  static let presets = Preset.all.map(\.name)

  /// Prepared slices of a person as a batch.
  static func batch(_ person: UInt64, slices: Int = 4, blob: TestScan.Blob? = nil) throws -> Batch {
    let scan = TestScan.make(person, blob: blob)
    let prepared = try ModelGrid(recipe: TestScan.recipe).place(scan.image, name: "scan")
    func tensor(_ values: [Float]) throws -> Tensor {
      try Tensor(Array(values.prefix(slices * 1024)), shape: [slices, 1, 32, 32])
    }
    return Batch(
      images: try tensor(prepared.images), brain: try tensor(prepared.brain),
      lesions: try tensor(prepared.placement.toGrid(scan.lesion.voxels.map(Float.init))),
      z: Array(prepared.z.prefix(slices)))
  }

  static func make(_ preset: String, seed: UInt64 = 0) throws -> any Method {
    let configuration = try Configuration.tiny(preset)
    return try MethodRegistry.entry(configuration.method)
      .make(model: configuration.model, context: MethodContext(imageSize: 32, seed: seed))
  }

  /// A few steps on other people than those that are scored, from the third on in the last stage of methods that have
  /// stages.
  static func train(_ method: any Method, from first: UInt64 = 0, steps: UInt64 = 3, slices: Int = 4) throws {
    for step in first..<first + steps {
      let losses = try method.step(
        batch(step, slices: slices),
        StepContext(learningRate: 1e-3, progress: step < 2 ? 0 : 0.9, generator: Generator(seed: step)))
      #expect(losses.total.isFinite && losses.terms.values.allSatisfy(\.isFinite))
    }
  }

  static func bytes(_ state: [String: Tensor]) throws -> [String: [UInt8]] {
    try state.mapValues { try $0.bytes() }
  }

  @Test func everyMethodHasAPreset() throws {
    let methods = Set(MethodRegistry.entries.map(\.name).filter { !$0.hasPrefix("test-") })
    #expect(try methods == Set(Self.presets.map { try Configuration(preset: $0).method }))
  }

  /// A folder with a page is a method, and every method has one.
  @Test func everyMethodHasAFolderWithAPage() throws {
    let sources = URL(filePath: #filePath).appending(path: "../../../../Sources/Methods").standardized
    let names = try FileManager.default.contentsOfDirectory(atPath: sources.path)
    let pages = names.filter {
      FileManager.default.fileExists(atPath: sources.appending(path: "\($0)/README.md").path)
    }
    #expect(pages.count == MethodRegistry.entries.count { !$0.name.hasPrefix("test-") })
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

  @Test(arguments: presets)
  func aStateThatDoesNotFitIsRefused(preset: String) throws {
    let method = try Self.make(preset), state = try method.state
    for (name, tensor) in state.filter({ $0.value.rank > 0 }) {
      var lacking = state, wrong = state
      lacking[name] = nil
      wrong[name] = try .zeros([3, 7])
      #expect(throws: ParameterError.missing(path: name, shape: tensor.shape)) {
        try method.load(state: lacking)
      }
      #expect(throws: ParameterError.shape(path: name, expected: tensor.shape, actual: [3, 7])) {
        try method.load(state: wrong)
      }
    }
  }

  @Test(arguments: presets.filter(ExperimentPlan.isStochastic))
  func aTensorThatBelongsToNothingIsRefused(preset: String) throws {
    let method = try Self.make(preset)
    for name in ["stranger", "generator.stranger", "critic.stranger", "encoder.stranger"] {
      let stranger = [name: try Tensor.zeros([1])]
      #expect(throws: ParameterError.unexpected(path: name)) {
        try method.load(state: method.state.merging(stranger))
      }
      #expect(throws: ParameterError.unexpected(path: name)) {
        try method.load(optimizerState: method.optimizerState.merging(stranger))
      }
    }
  }

  @Test(arguments: presets)
  func theOrderOfTheSlicesIsThatOfTheMaps(preset: String) throws {
    let method = try Self.make(preset), batch = try Self.batch(9)
    try Self.train(method)
    let order = [2, 0, 3, 1]
    func ordered(_ slices: Tensor) throws -> Tensor {
      try .cat(order.map { try slices.narrow(0, start: $0, length: 1) })
    }
    let turned = Batch(
      images: try ordered(batch.images), brain: try ordered(batch.brain),
      z: order.map { batch.z[$0] })
    let expected = try ordered(method.score(batch).map).values()
    #expect(distance(try method.score(turned).map.values(), expected) < 1e-4)
  }

  /// Methods that no seed changes do not distinguish left from right, once they have seen people and their mirror images.
  @Test(arguments: ExperimentPlan.baur2018.filter { !ExperimentPlan.isStochastic($0) })
  func aMirroredSliceHasAMirroredMap(preset: String) throws {
    func mirrored(_ batch: Batch) throws -> Batch {
      Batch(images: try batch.images.flip([3]), brain: try batch.brain.flip([3]))
    }
    let method = try Self.make(preset)
    for person in UInt64(0)..<3 {
      let context = StepContext(learningRate: 1e-3, generator: try Generator(seed: person))
      for batch in [try Self.batch(person), try mirrored(Self.batch(person))] {
        _ = try method.step(batch, context)
      }
    }
    let batch = try Self.batch(9, blob: TestScan.Blob())
    let map = try method.score(batch).map
    let expected = try map.flip([3]).values(), largest = expected.max() ?? 0
    #expect(distance(try map.values(), expected) > 0.1 * largest)
    #expect(distance(try method.score(mirrored(batch)).map.values(), expected) < 1e-4 * largest)
  }
}
