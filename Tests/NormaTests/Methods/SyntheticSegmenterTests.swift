import _TestSupport
import Tensors
import Testing

@testable import Base
@testable import Methods
@testable import Norma

/// The segmenter's network against Scripts/goldens/synthetic.py, and that it learns.
@Suite struct SyntheticSegmenterTests {
  @Test func logitsLossesAndGradientsAreThoseOfPyTorch() throws {
    let golden = try Goldens.tensors("synthetic.safetensors")
    var settings = UNetSettings()
    settings.channels = [4, 8, 12]
    let network = try SegmentationNetwork(
      settings: settings, position: .radius, context: MethodContext(imageSize: 32))
    try network.parameters.load(golden.dropping(prefix: "weights/"))
    let painted = Batch(
      images: try golden.golden("images"), brain: try golden.golden("brain"),
      lesions: try golden.golden("labels"))
    let logits = try network(painted, training: true)
    #expect(distance(try logits.values(), try golden.golden("logits").values()) < 1e-5)
    let terms = try SegmentationLearner.terms(painted, logits, positiveWeight: 2)
    for name in ["cross_entropy", "dice"] {
      let expected = Double(try golden.golden(name).item())
      #expect(abs(try #require(terms.values().terms[name]) - expected) < 1e-5 * expected, "\(name)")
    }
    try terms.total.backward()
    let gradient = try #require(network.parameters.parameters[0].gradient)
    #expect(distance(try gradient.values(), try golden.golden("gradient").values()) < 1e-5)
  }

  @Test func theNetworkHasHalfAMillionWeights() throws {
    let method = try MethodRegistry.entry("synthetic").make(
      model: Configuration(preset: "synthetic").model, context: MethodContext(imageSize: 128))
    let count = try method.state.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
    #expect((450_000...550_000).contains(count), "\(count)")
  }

  @Test func anImageSizeThatCannotBeHalvedIsRefused() throws {
    let configuration = try Configuration(
      preset: "synthetic", settings: ["model.network.channels=[2, 2, 2, 2, 2, 2, 2]"])
    let problem = try problem {
      try MethodRegistry.entry("synthetic").make(
        model: configuration.model, context: MethodContext(imageSize: 96))
    }
    #expect(problem.kind == .usage && problem.advice.contains("multiple of 64"))
  }

  @Test(arguments: PositionChannels.allCases)
  func everyKindOfPositionTrains(position: PositionChannels) throws {
    let configuration = try Configuration.tiny("synthetic", settings: ["model.position=\(position.rawValue)"])
    let method = try MethodRegistry.entry("synthetic").make(
      model: configuration.model, context: MethodContext(imageSize: 32))
    try MethodMatrixTests.train(method)
    let channels = [PositionChannels.none: 1, .radius: 2, .coordinates: 3, .template: 4]
    #expect(try method.state.golden("down.0.0.conv.weight").shape[1] == channels[position])
  }

  /// The map of the mirrored slice is the mirrored map, but for the position, which has no sides.
  @Test func sidesAreTreatedAlike() throws {
    let method = try MethodMatrixTests.make("synthetic"), batch = try MethodMatrixTests.batch(9)
    try MethodMatrixTests.train(method)
    let mirrored = Batch(images: try batch.images.flip([3]), brain: try batch.brain.flip([3]))
    let expected = try method.score(batch).map.flip([3]).values()
    #expect(distance(try method.score(mirrored).map.values(), expected) < 1e-4)
  }

  /// With averaging the weights that score are between the first and the last ones.
  @Test func theAverageFollowsTheWeights() throws {
    func trained(_ averaging: Double) throws -> any Method {
      let configuration = try Configuration.tiny("synthetic", settings: ["model.averaging=\(averaging)"])
      let method = try MethodRegistry.entry("synthetic").make(
        model: configuration.model, context: MethodContext(imageSize: 32))
      try MethodMatrixTests.train(method, steps: 20)
      return method
    }
    let name = "down.0.0.conv.weight"
    let (plain, averaged) = (try trained(0), try trained(0.9))
    #expect(
      try plain.state.golden(name).values() == plain.optimizerState.golden("learner.\(name)").values())
    let lag = try distance(
      averaged.state.golden(name).values(), averaged.optimizerState.golden("learner.\(name)").values())
    #expect(lag > 0)
    #expect(
      try averaged.optimizerState.golden("learner.\(name)").values() == plain.state.golden(name).values())
  }

  @Test func aPaintedBlobScoresAboveTheRest() throws {
    let configuration = try Configuration.tiny(
      "synthetic", settings: ["model.network.channels=[8, 16]", "model.tasks=[blob]", "model.variations=[]"])
    let method = try MethodRegistry.entry("synthetic").make(
      model: configuration.model, context: MethodContext(imageSize: 32))
    let people = try (0..<4).map { try MethodMatrixTests.batch(UInt64($0)) }
    let batch = Batch(images: try .cat(people.map(\.images)), brain: try .cat(people.map(\.brain)))
    let before = try method.validationLosses(batch)?.total ?? 0
    for step in UInt64(0)..<80 {
      _ = try method.step(batch, StepContext(learningRate: 5e-3, generator: Generator(seed: step)))
    }
    let after = try method.validationLosses(batch)?.total ?? .infinity
    #expect(after < 0.8 * before, "\(before) fell to \(after)")
    let healthy = try MethodMatrixTests.batch(9)
    let painted = try AnomalySynthesis(tasks: [.blob], count: 1...1).paint(healthy, seeds: [21, 22, 23, 24])
    let map = try method.score(painted).map
    let inside = try (map * painted.labels()).sum().item() / painted.labels().sum().item()
    let rest = try painted.brain - painted.labels()
    let outside = try (map * rest).sum().item() / rest.sum().item()
    #expect(inside > outside + 2, "\(inside) inside, \(outside) outside")
  }

  /// With its context the network still treats sides alike, and goes on from its states.
  @Test func contextMovesWithTheSlice() throws {
    func make() throws -> any Method {
      let configuration = try Configuration.tiny(
        "synthetic", settings: ["model.context=[normative, asymmetry]"])
      return try MethodRegistry.entry("synthetic").make(
        model: configuration.model, context: MethodContext(imageSize: 32))
    }
    let method = try make(), batch = try MethodMatrixTests.batch(9)
    let symmetric = Batch(
      images: try .cat([batch.images, batch.images.flip([3])]),
      brain: try .cat([batch.brain, batch.brain.flip([3])]))
    for step in UInt64(0)..<3 {
      _ = try method.step(symmetric, StepContext(learningRate: 1e-3, generator: Generator(seed: step)))
    }
    #expect(try method.state.golden("down.0.0.conv.weight").shape[1] == 4)
    let expected = try method.score(batch).map.flip([3]).values()
    #expect(distance(try method.score(ContextBatch(batch).flipped().batch).map.values(), expected) < 1e-4)
    let other = try make()
    try other.load(state: method.state)
    #expect(try other.score(batch).map.values() == method.score(batch).map.values())
    var lacking = try method.state
    lacking["normal.mean"] = nil
    #expect(throws: ParameterError.self) { try other.load(state: lacking) }
  }

  /// What is brighter than in the training slices has a positive normative channel, what is as bright next to none.
  @Test func theNormativeChannelIsTheZScore() throws {
    let context = try SliceContext(channels: [.normative], context: MethodContext(imageSize: 32))
    let brain = try Tensor.ones([1, 1, 32, 32])
    for value: Float in [0.4, 0.5, 0.6] {
      try context.learn(Batch(images: try .full([1, 1, 32, 32], value), brain: brain))
    }
    // In z the slices are -1, 0 and 1: mean 0, standard deviation sqrt(2 / 3); channels are divided by 4.
    let placed = try context.addingNormal(to: Batch(images: try .full([1, 1, 32, 32], 0.7), brain: brain))
    let values = try #require(try context.maps(of: placed)).values()
    #expect(values.allSatisfy { abs($0 - 2 / (2.0 / 3).squareRoot() / 4) < 1e-3 })
  }

  /// A slice that is moved draws in pixels from beyond the grid, where nothing was seen.
  @Test func theNormativeChannelIsZeroWhereNothingWasSeen() throws {
    let context = try SliceContext(channels: [.normative], context: MethodContext(imageSize: 32))
    let brain = try Tensor.ones([1, 1, 32, 32])
    let batch = Batch(images: try .full([1, 1, 32, 32], 0.7), brain: brain)
    for _ in 0..<2 { try context.learn(Batch(images: batch.images, brain: brain)) }
    var shifting = SliceAugmentation()
    (shifting.shift, shifting.scale) = (0.5, 0.5)
    var reached = 0
    for seed in UInt64(0)..<8 {
      let moved = try shifting.augment(context.addingNormal(to: batch), seeds: [seed])
      let maps = try #require(try context.maps(of: moved)), values = try maps.values()
      #expect(values.allSatisfy { $0.isFinite })
      let seen = try #require(moved.normal).narrow(1, start: 1, length: 1).values()
      let unseen = zip(values, seen).filter { $0.1 == 0 }.map(\.0)
      #expect(unseen.allSatisfy { $0 == 0 })
      reached += unseen.count
    }
    #expect(reached > 100)
  }
}
