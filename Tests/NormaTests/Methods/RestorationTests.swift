import _TestSupport
import Tensors
import Testing

@testable import Methods
@testable import Norma

/// Restoration: the proximal map against Scripts/goldens/comparators.py, and what the search does.
@Suite struct RestorationTests {
  static let golden = Result {
    try Goldens.tensors("comparators.safetensors").dropping(prefix: "variation/")
  }

  @Test func theTotalVariationIsThatOfNumPy() throws {
    let golden = try Self.golden.get()
    let value = try TotalVariation.of(golden.golden("images")).values()
    #expect(distance(value, try golden.golden("value").values()) < 1e-4)
  }

  @Test(arguments: [("small", Float(0.1)), ("large", 1)])
  func theProximalMapIsThatOfSciPy(name: String, weight: Float) throws {
    let golden = try Self.golden.get()
    var map = TotalVariation.ProximalMap(weight: weight, region: try golden.golden("region"))
    map.iterations = 3000
    let actual = try map.apply(golden.golden("images")).values()
    #expect(distance(actual, try golden.golden(name).values()) < 1e-4)
  }

  /// Of ½ Σ(x' - t)², whose minimum with the total variation of x' - x is the proximal map of t - x.
  @Test(arguments: [("small", 0.1), ("large", 1)], [0.1, 0.5])
  func theSearchEndsAtTheMinimum(row: (name: String, weight: Double), stepSize: Double) throws {
    let golden = try Self.golden.get(), region = try golden.golden("region")
    var search = RestorationSearch()
    (search.steps, search.stepSize, search.weight) = (400, stepSize, row.weight)
    let start = try Tensor.full(region.shape, 0.7), target = try start + golden.golden("images")
    let end = try search.restore(Batch(images: start, brain: region)) {
      try ($0.images - target).square().sum() * 0.5
    }
    let change = try (end - start).values()
    #expect(try distance(change, golden.golden(row.name).values()) < 1e-3)
  }

  /// A trained method and slices with a bright blob.
  private func trained() throws -> (state: [String: Tensor], batch: Batch) {
    let method = try MethodMatrixTests.make("restoration")
    for step in UInt64(0)..<60 {
      _ = try method.step(
        LearningTests.eightSlices(), StepContext(learningRate: 1e-2, generator: Generator(seed: step)))
    }
    return (try method.state, try MethodMatrixTests.batch(1, blob: TestScan.Blob()))
  }

  private func make(_ state: [String: Tensor], _ settings: [String]) throws -> any Method {
    let method = try MethodRegistry.entry("restoration").make(
      model: Configuration.tiny("restoration", settings: settings).model,
      context: MethodContext(imageSize: 32))
    try method.load(state: state)
    return method
  }

  @Test func moreStepsMakeALikelierSlice() throws {
    let (state, batch) = try trained()
    let losses = try [1, 5, 25].map { steps in
      let method = try make(state, ["model.steps=\(steps)", "model.weight=0"])
      let restored = try #require(try method.score(batch).reconstruction)
      return try #require(try method.validationLosses(Batch(images: restored, brain: batch.brain))).total
    }
    let before = try #require(try make(state, []).validationLosses(batch)).total
    #expect(losses[0] < before && losses[1] < losses[0] && losses[2] < losses[1], "\(before), \(losses)")
  }

  @Test func theHeavierTheTotalVariationTheLessIsChanged() throws {
    let (state, batch) = try trained()
    let changes = try [0, 0.3, 3, 300].map { weight in
      let method = try make(state, ["model.steps=25", "model.weight=\(weight)"])
      let change = try #require(try method.score(batch).reconstruction) - batch.images
      return (size: try change.abs().sum().item(), variation: try TotalVariation.of(change).sum().item())
    }
    for (lighter, heavier) in zip(changes, changes.dropFirst()) {
      #expect(heavier.size < lighter.size && heavier.variation < lighter.variation, "\(changes)")
    }
    #expect(changes[3].size < 0.1 * changes[0].size, "\(changes)")
  }
}
