import _TestSupport
import Foundation
import Tensors
import Testing

@testable import Base
import StrictSettings
@testable import Methods
@testable import Norma

@Suite struct MethodTests {
  private func constant(_ values: [Float]) throws -> Batch {
    let brain = try Tensor((0..<1024).map { $0 % 32 < 20 ? 1 : 0 }, shape: [1, 1, 32, 32])
      .expand([values.count, 1, 32, 32])
    return Batch(
      images: try Tensor(values, shape: [values.count, 1, 1, 1]) * brain, brain: try brain.contiguous())
  }

  /// A single bright pixel keeps the share that a Gaussian's centre has; the mean of two scales is between them.
  @Test func smoothBrightnessIsTheMeanOfItsScales() throws {
    var pixels = [Float](repeating: 0.5, count: 1024)
    pixels[16 * 32 + 16] = 1.5
    let batch = Batch(
      images: try Tensor(pixels, shape: [1, 1, 32, 32]), brain: try .ones([1, 1, 32, 32]))
    func peak(_ sigmas: String) throws -> Float {
      let configuration = try Configuration.tiny("brightness", settings: ["model.sigmas=\(sigmas)"])
      let method = try MethodRegistry.entry("brightness").make(
        model: configuration.model, context: MethodContext(imageSize: 32))
      return try method.score(batch).map.max().item()
    }
    let line = (-8...8).map { exp(-Float($0 * $0) / 2) }.reduce(0, +)
    let (fine, coarse) = (try peak("[1]"), try peak("[3]"))
    #expect(abs(fine - 10 / (line * line)) < 1e-3)
    #expect(abs(try peak("[1, 3]") - (fine + coarse) / 2) < 1e-4 && coarse < fine)
  }

  @Test func brightnessIsTheRobustZOfTheRecipe() throws {
    let method = try MethodMatrixTests.make("brightness")
    let map = try method.score(constant([0.8, 0.2])).map.values()
    #expect(abs(map[0] - 3) < 1e-5 && map[25] == 0 && map[1024] == 0)
  }

  /// Smoothing weighted by the brain leaves constant slices as they are, up to its very rim.
  @Test(arguments: [0.0, 2])
  func theNormativeScoreIsAZScore(sigma: Double) throws {
    let entry = try MethodRegistry.entry("normative")
    let model = ConfigurationNode.map(["sigma": .double(sigma), "minimumDeviation": .double(0.01)])
    let method = try entry.make(model: model, context: MethodContext(imageSize: 32))
    let context = StepContext(learningRate: 0, generator: try Generator(seed: 0))
    _ = try method.step(constant([1, 2]), context)
    _ = try method.step(constant([3]), context)
    let map = try method.score(constant([4, 2, 0])).map.values()
    let deviation = (2.0 / 3).squareRoot()
    for pixel in [0, 19, 10 * 32 + 7] { #expect(abs(Double(map[pixel]) - 2 / deviation) < 1e-3) }
    #expect(map[25] == 0 && abs(map[1024]) < 1e-3 && map[2048] == 0)
    let losses = try method.validationLosses(constant([4]))
    #expect(abs(try #require(losses).total - 4 / (2.0 / 3)) < 1e-2)

    // A pixel that never varied has the least deviation there is.
    let alone = try entry.make(model: model, context: MethodContext(imageSize: 32))
    _ = try alone.step(constant([1, 1]), context)
    #expect(abs(try alone.score(constant([1.5])).map.values()[0] - 50) < 1e-1)
  }

  @Test func anImageSizeThatCannotBeHalvedIsRefused() throws {
    let configuration = try Configuration(
      preset: "dense-vae", settings: ["model.network.channels=[2, 2, 2, 2, 2]"])
    let problem = try problem {
      try MethodRegistry.entry("vae").make(model: configuration.model, context: MethodContext(imageSize: 48))
    }
    #expect(problem.kind == .usage && problem.advice.contains("multiple of 32"))
  }
}
