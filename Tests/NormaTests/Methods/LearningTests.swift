import Tensors
import Testing

@testable import Norma

@Suite struct LearningTests {
  @Test func theSeedDecidesTheWeights() throws {
    let states = try [1, 1, 2].map { try MethodMatrixTests.make("dense-vae", seed: $0).state }
    let bytes = try states.map { try #require($0["encoder.0.conv.weight"]).bytes() }
    #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
  }
}
