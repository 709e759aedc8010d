import Tensors
import Testing

@testable import Methods
@testable import Norma

/// That methods learn, and the same every time.
@Suite struct LearningTests {
  /// Eight slices of two people.
  static func eightSlices() throws -> Batch {
    let parts = try [MethodMatrixTests.batch(1), MethodMatrixTests.batch(2)]
    return Batch(images: try .cat(parts.map(\.images)), brain: try .cat(parts.map(\.brain)))
  }

  private func train(
    _ method: any Method, steps: Range<Int>, progress: Double = 0, rate: Double = 1e-2
  ) throws {
    for step in steps {
      _ = try method.step(
        Self.eightSlices(),
        StepContext(learningRate: rate, progress: progress, generator: Generator(seed: UInt64(step))))
    }
  }

  private func loss(_ method: any Method, _ name: String) throws -> Double {
    let losses = try method.validationLosses(Self.eightSlices())
    return try #require(losses?.terms[name])
  }

  /// The summed error of a slice, of which eight slices learned by heart may keep `share`.
  @Test(arguments: [
    ("dense-ae", 0.35), ("dense-vae", 0.5), ("spatial-ae", 0.35), ("spatial-vae", 0.35), ("anovaegan", 0.5),
    ("denoising", 0.35), ("restoration", 0.5),
  ])
  func eightSlicesAreLearnedByHeart(preset: String, share: Double) throws {
    // Faster, generator and critic chase each other, and rounding decides where they are after some steps.
    let (steps, rate) = preset == "anovaegan" ? (200, 2e-3) : (80, 1e-2)
    let states = try (0..<2).map { _ in
      let method = try MethodMatrixTests.make(preset)
      let before = try loss(method, "reconstruction")
      try train(method, steps: 0..<steps, rate: rate)
      let after = try loss(method, "reconstruction")
      #expect(after < share * before, "\(preset): \(before) fell to \(after)")
      return try MethodMatrixTests.bytes(method.state)
    }
    #expect(states[0] == states[1])
  }

  /// A young generator makes few images, so the encoder's loss cannot fall far.
  @Test func theEncoderOfFastAnoGANFindsCodes() throws {
    let states = try (0..<2).map { _ in
      let method = try MethodMatrixTests.make("f-anogan"), batch = try Self.eightSlices()
      try train(method, steps: 0..<20, rate: 1e-3)
      #expect(try method.validationLosses(batch) == nil)
      let generator = try MethodMatrixTests.bytes(method.state).filter { !$0.key.hasPrefix("encoder.") }
      try train(method, steps: 20..<21, progress: 0.9)
      let before = try method.validationLosses(batch)?.total ?? 0
      try train(method, steps: 21..<60, progress: 0.9)
      let after = try method.validationLosses(batch)?.total ?? .infinity
      #expect(after < 0.95 * before, "\(before) fell to \(after)")
      let state = try MethodMatrixTests.bytes(method.state)
      #expect(state.filter { !$0.key.hasPrefix("encoder.") } == generator)
      return state
    }
    #expect(states[0] == states[1])
  }

  /// The search minimises the error of the pixels, the slice's surroundings included.
  @Test func aLongerSearchOfAnoGANComesCloser() throws {
    let images = try Self.eightSlices().images.narrow(0, start: 0, length: 2)
    let batch = Batch(images: images, brain: try images.onesLike())
    let distances = try [1, 6, 24].map { steps in
      let configuration = try Configuration.tiny(
        "anogan", settings: ["model.searchSteps=\(steps)", "model.featureWeight=0"])
      let method = try MethodRegistry.entry("anogan").make(
        model: configuration.model, context: MethodContext(imageSize: 32))
      try train(method, steps: 0..<20, rate: 2e-3)
      let before = try MethodMatrixTests.bytes(method.state)
      let score = try method.score(batch)
      #expect(try MethodMatrixTests.bytes(method.state) == before)
      return try Loss.l1(score.reconstruction ?? images, images).item()
    }
    #expect(distances[1] < distances[0] && distances[2] < distances[1], "\(distances)")
  }

  @Test func theSeedDecidesTheWeights() throws {
    for preset in ["dense-vae", "anovaegan", "anogan", "f-anogan"] {
      let states = try [1, 1, 2].map { try MethodMatrixTests.make(preset, seed: $0).state }
      for name in states[0].keys where name.hasSuffix("conv.weight") {
        let bytes = try states.map { try $0.golden(name).bytes() }
        #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2], "\(name)")
      }
    }
  }

  /// A generator and a critic of one seed do not start from the same numbers.
  @Test func theNetworksOfAMethodStartDifferently() throws {
    let state = try MethodMatrixTests.make("f-anogan", seed: 3).state
    let first = try ["critic.encoder.0.conv.weight", "encoder.encoder.0.conv.weight"]
      .map { try state.golden($0).values() }
    #expect(first[0].count == first[1].count && first[0] != first[1])
  }

  static let networks = MethodMatrixTests.presets.filter {
    !$0.hasSuffix("-256") && ExperimentPlan.isStochastic($0) && $0 != "ensemble"
  }

  @Test(
    arguments: networks.filter { !["denoising", "synthetic", "supervised", "whole-brain"].contains($0) },
    [0.0, 0.3])
  func drawsMoveTheScoreAndOnlyWhereAsked(preset: String, dropout: Double) throws {
    let configuration = try Configuration.tiny(preset, settings: ["model.network.dropout=\(dropout)"])
    let method = try MethodRegistry.entry(configuration.method).make(
      model: configuration.model, context: MethodContext(imageSize: 32))
    try MethodMatrixTests.train(method)
    let batch = try MethodMatrixTests.batch(9)
    func map(_ seed: UInt64?) throws -> [Float] {
      try method.score(batch, generator: seed.map { try Generator(seed: $0) }).map.values()
    }
    let plain = try map(nil), first = try map(1)
    #expect(try map(nil) == plain)
    #expect(try map(1) == first)
    // Without dropout, a code without distribution has nothing to draw.
    let isRandom = dropout > 0 || !["dense-ae", "spatial-ae", "f-anogan"].contains(preset)
    #expect((first != plain) == isRandom)
    #expect(try (map(2) != first) == isRandom)
  }

  @Test(arguments: networks)
  func trainingInBfloat16StaysCloseToFloat32(preset: String) throws {
    let configuration = try Configuration.tiny(preset)
    let losses = try [Precision.float32, .bfloat16].map { precision in
      let method = try MethodRegistry.entry(configuration.method).make(
        model: configuration.model, context: MethodContext(imageSize: 32, precision: precision))
      let losses = try (0..<3).map { step in
        try method.step(
          Self.eightSlices(), StepContext(learningRate: 1e-3, generator: Generator(seed: UInt64(step)))
        ).total
      }
      #expect(try method.state.values.allSatisfy { $0.dtype != .bfloat16 })
      #expect(try method.optimizerState.values.allSatisfy { $0.dtype == .float32 })
      #expect(losses[0] != losses[1] && losses[1] != losses[2])
      return losses
    }
    for (exact, rounded) in zip(losses[0], losses[1]) {
      #expect(exact != rounded && abs(exact - rounded) < 0.02 * max(1, abs(exact)), "\(losses)")
    }
  }
}
