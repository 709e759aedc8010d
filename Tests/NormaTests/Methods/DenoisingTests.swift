import _TestSupport
import Tensors
import Testing

@testable import Base
@testable import Methods
@testable import Norma

/// The denoising autoencoder: its network against Scripts/goldens/comparators.py, its loss, its second pass.
@Suite struct DenoisingTests {
  private func make(
    _ settings: [String] = [], residual: Residual = .positive
  ) throws -> any Method {
    try MethodRegistry.entry("denoising").make(
      model: Configuration.tiny("denoising", settings: settings).model,
      context: MethodContext(imageSize: 32, residual: residual))
  }

  @Test func standardizedFiltersAreThoseOfPyTorch() throws {
    let golden = try Goldens.tensors("comparators.safetensors").dropping(prefix: "unet/")
    var settings = UNetSettings()
    (settings.channels, settings.weightStandardization) = ([4, 8], true)
    let parameters = ParameterStore(generator: try Generator(seed: 0))
    let network = try UNet(parameters.path(), in: 1, out: 1, settings: settings)
    try parameters.load(golden.dropping(prefix: "weights/"))
    let output = try network(golden.golden("images"), training: true)
    #expect(distance(try output.values(), try golden.golden("output").values()) < 1e-5)
    try output.square().sum().backward()
    let weight = try #require(parameters.namedParameters.first { $0.0 == "down.0.1.conv.weight" }?.1)
    let expected = try golden.golden("gradient").values()
    #expect(distance(try #require(weight.gradient).values(), expected) < 1e-4 * (expected.max() ?? 0))
  }

  /// With next to no noise the loss is the mean of the squared residual over the brain.
  @Test func theLossIsThatOfTheBrain() throws {
    let method = try make(["model.strength=1e-9"], residual: .squared), batch = try MethodMatrixTests.batch(9)
    let expected = try method.score(batch).map.sum().item() / batch.brain.sum().item()
    let loss = try #require(try method.validationLosses(batch)).total
    #expect(expected > 1e-3 && abs(loss / Double(expected) - 1) < 1e-4)
  }

  @Test func noiseIsTakenOut() throws {
    let method = try make(["model.network.channels=[8, 16]", "model.coarseness=8"])
    let batch = try LearningTests.eightSlices()
    for step in UInt64(0)..<120 {
      _ = try method.step(batch, StepContext(learningRate: 5e-3, generator: Generator(seed: step)))
    }
    let noise = try CoarseNoise(coarseness: 8, strength: 0.2, sign: .both).sample(batch, seeds: batch.seeds())
    let before = try Double(noise.square().sum().item() / batch.brain.sum().item())
    let after = try #require(try method.validationLosses(batch)).total
    #expect(after < 0.5 * before, "\(before) fell to \(after)")
  }

  @Test func validationNoiseIsThatOfTheSlice() throws {
    let method = try make(), batch = try MethodMatrixTests.batch(9)
    func loss(_ first: Int, _ count: Int) throws -> Double {
      let part = Batch(
        images: try batch.images.narrow(0, start: first, length: count),
        brain: try batch.brain.narrow(0, start: first, length: count))
      let brain = try Double(part.brain.sum().item())
      return try #require(try method.validationLosses(part)).total * brain
    }
    #expect(try abs(loss(0, 4) / (loss(0, 1) + loss(1, 3)) - 1) < 1e-4)
  }

  @Test func aCoarsenessBeyondTheGridIsRefused() throws {
    let problem = try problem { try make(["model.coarseness=33"]) }
    #expect(problem.kind == .usage && problem.advice.contains("32 pixels"))
  }
}

/// The second pass, with a network that always takes out two fifths of what is unlike 0.5.
@Suite struct SecondPassTests {
  private let blob = 8..<24

  private func batch(_ intensity: Float) throws -> Batch {
    let pixels = (0..<1024).map { blob.contains($0 / 32) && blob.contains($0 % 32) ? intensity : 0.5 }
    return Batch(
      images: try Tensor(pixels, shape: [1, 1, 32, 32]), brain: try .ones([1, 1, 32, 32]))
  }

  private func timid(_ images: Tensor) throws -> Tensor { try images * 0.6 + 0.2 }

  private func residuals(
    _ batch: Batch, _ residual: Residual, threshold: Float = 0.1
  ) throws -> (first: [Float], second: [Float]) {
    let first = try timid(batch.images)
    let second = try SecondPass(threshold: threshold, residual: residual).refine(
      batch, first: first, reconstruct: timid)
    return (try (batch.images - first).values(), try (batch.images - second).values())
  }

  @Test func aLargeBlobIsTakenOutWhole() throws {
    let (first, second) = try residuals(batch(0.9), .positive)
    for pixel in 0..<1024 {
      let isInside = blob.contains(pixel / 32) && blob.contains(pixel % 32)
      #expect(abs(first[pixel] - (isInside ? 0.16 : 0)) < 1e-5)
      #expect(abs(second[pixel] - (isInside ? 0.4 : 0)) < 1e-5)
    }
  }

  @Test func whatChangesLittleStaysAsItIs() throws {
    let (first, second) = try residuals(batch(0.7), .positive)
    #expect(first == second && first.contains { $0 > 0.07 })
  }

  @Test func theResidualSaysWhatCounts() throws {
    let (first, positive) = try residuals(batch(0.1), .positive)
    #expect(first == positive)
    let absolute = try residuals(batch(0.1), .absolute).second
    #expect(abs((absolute.min() ?? 0) + 0.4) < 1e-5)
  }

  /// Where everything is hidden there is nothing to take the mean of.
  @Test func aHiddenBrainIsStillFinite() throws {
    let second = try residuals(batch(0.9), .absolute, threshold: -1).second
    #expect(second.allSatisfy { $0.isFinite })
  }

  @Test func itIsASettingOfTheMethod() throws {
    let batch = try MethodMatrixTests.batch(9)
    let maps = try ["false", "true"].map { secondPass in
      let configuration = try Configuration.tiny(
        "denoising", settings: ["model.secondPass=\(secondPass)", "model.secondPassThreshold=0.02"])
      let method = try MethodRegistry.entry("denoising").make(
        model: configuration.model, context: MethodContext(imageSize: 32))
      return try method.score(batch).map.values()
    }
    #expect(maps[0] != maps[1])
  }
}
