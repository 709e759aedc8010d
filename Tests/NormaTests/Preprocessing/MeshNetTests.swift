import _TestSupport
import Tensors
import Testing

@testable import Base
import Methods
@testable import Preprocessing

/// Comparison with PyTorch; the golden values are from Scripts/goldens/brain.py.
@Suite struct MeshNetTests {
  private static let golden = Result { try Goldens.tensors("brain.safetensors") }
  private static let halved = MeshNet.dilations(spacing: 2)

  /// Returns the logits of a head and those of PyTorch.
  private func logits(
    _ name: String, weights: String, dilations: [Int], count: Int? = nil
  ) throws -> (actual: [Float], expected: [Float]) {
    let golden = try Self.golden.get(), head = try golden.golden("\(name)/head")
    let network = try MeshNet(
      weights: golden.dropping(prefix: "\(weights)/"), dilations: dilations, channels: 4)
    let whole = try count ?? Int(golden.golden("\(name)/count").item())
    let logits = try network(head, wholeCount: whole)
    #expect(logits.shape == head.shape)
    return (try logits.values(), try golden.golden("\(name)/expected").values())
  }

  private func scale(_ values: [Float]) -> Float { values.map(abs).max() ?? 0 }

  @Test func normalisationIncludesTheBackgroundAsInPyTorch() throws {
    let (actual, expected) = try logits("cropped", weights: "deep", dilations: Self.halved)
    #expect(distance(actual, expected) < 1e-4 * scale(expected))
  }

  @Test func aCroppedHeadGivesTheLogitsOfTheWholeVolume() throws {
    let (actual, expected) = try logits("surrounded", weights: "shallow", dilations: [2, 1, 1])
    #expect(distance(actual, expected) < 1e-4 * scale(expected))
    let box = try Self.golden.get().golden("surrounded/head").count
    let (uncorrected, _) = try logits("surrounded", weights: "shallow", dilations: [2, 1, 1], count: box)
    #expect(distance(uncorrected, expected) > 0.1 * scale(expected), "the correction matters here")
  }

  @Test func dilationsDependOnTheVoxelSize() {
    #expect(MeshNet.dilations(spacing: 1) == [Int](repeating: 0, count: 5).flatMap { _ in [16, 8, 4, 2, 1] })
    #expect(Self.halved == [Int](repeating: 0, count: 5).flatMap { _ in [8, 4, 2, 1, 1] })
  }

  @Test func weightsOfAnotherNetworkAreRefused() throws {
    let golden = try Self.golden.get()
    let refused = try problem {
      try MeshNet(weights: golden.dropping(prefix: "shallow/"), dilations: Self.halved, channels: 4)
    }
    #expect(refused.what.contains("model.9.weight"), "\(refused)")
  }
}
