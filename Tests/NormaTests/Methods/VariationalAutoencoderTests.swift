import Tensors
import Testing

@testable import Norma

/// Against PyTorch: Scripts/goldens/vae.py.
@Suite struct VariationalAutoencoderTests {
  private func model(_ code: String) throws -> any Method {
    let configuration = try Configuration(
      preset: "\(code)-vae",
      settings: [
        "model.channels=[4, 8]", "model.denseSize=6", "model.denseChannels=2", "model.spatialChannels=3",
        "model.klWeight=0.5",
      ])
    return try MethodRegistry.entry("vae").make(
      model: configuration.model, context: MethodContext(imageSize: 32))
  }

  private func expectClose(
    _ losses: Losses, _ golden: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let actual = [losses.total, losses.parts["reconstruction"] ?? -1, losses.parts["kl"] ?? -1]
    for (value, expected) in zip(actual, golden.map(Double.init)) {
      #expect(abs(value - expected) <= 1e-4 * abs(expected), sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: ["dense", "spatial"])
  func lossesScoreAndStepsAreThoseOfPyTorch(code: String) throws {
    let golden = try Goldens.tensors("vae-\(code).safetensors")
    let method = try model(code)
    try method.load(state: golden.dropping(prefix: "before/"))
    let batch = Batch(images: try golden.golden("images"), brain: try golden.golden("brain"))
    expectClose(try #require(try method.validationLosses(batch)), try golden.golden("validation").values())
    let score = try method.score(batch)
    #expect(distance(try score.map.values(), try golden.golden("score").values()) < 1e-5)
    #expect(
      distance(try #require(score.reconstruction).values(), try golden.golden("reconstruction").values())
        < 1e-5)

    let steps = try golden.golden("steps")
    for step in 0..<3 {
      let context = StepContext(learningRate: 1e-3, generator: try Generator(seed: UInt64(step)))
      expectClose(try method.step(batch, context), try steps.select(0, step).values())
      guard step == 0 else { continue }
      let expected = golden.dropping(prefix: "after/"), state = try method.state
      #expect(Set(state.keys) == Set(expected.keys))
      for (name, tensor) in expected {
        // Before a norm a bias has no gradient but rounding, and Adam makes a whole step of its sign.
        if name.hasSuffix("conv.bias") { continue }
        let difference = distance(try #require(state[name]).values(), try tensor.values())
        #expect(difference < 2e-5, "\(name)")
      }
    }
  }

  @Test(arguments: ["dense-vae", "spatial-vae"])
  func eightSlicesAreLearnedByHeart(preset: String) throws {
    let method = try MethodMatrixTests.make(preset)
    let parts = try [MethodMatrixTests.batch(1), MethodMatrixTests.batch(2)]
    let batch = Batch(
      images: try .cat(parts.map(\.images)), brain: try .cat(parts.map(\.brain)))
    let before = try #require(try method.validationLosses(batch)).total
    for step in 0..<60 {
      _ = try method.step(batch, StepContext(learningRate: 1e-2, generator: Generator(seed: UInt64(step))))
    }
    #expect(try #require(try method.validationLosses(batch)).total < 0.5 * before)
  }

  @Test func theSeedDecidesTheWeights() throws {
    let states = try [1, 1, 2].map { try MethodMatrixTests.make("dense-vae", seed: $0).state }
    let bytes = try states.map { try #require($0["encoder.0.conv.weight"]).bytes() }
    #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
  }
}
