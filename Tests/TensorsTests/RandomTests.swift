import _TestSupport
import Testing

import Tensors

struct RandomTests {
  typealias Draw = @Sendable (Generator) throws -> Tensor

  static let draws: [Row<Draw>] = [
    Row("randn") { try Tensor.randn([20], generator: $0) },
    Row("rand") { try Tensor.rand([20], generator: $0) },
    Row("dropout") { try Tensor.ones([4, 8]).dropout(0.3, generator: $0) },
  ]

  @Test(arguments: draws)
  func drawsWhatPyTorchDraws(draw: Row<Draw>) throws {
    let drawn = try draw.body(Generator(seed: 61))
    #expect(try drawn.values() == Golden("random")[draw.name].values())
  }

  @Test func continuesFromPyTorchsState() throws {
    let golden = try Golden("random")
    let generator = try Generator(seed: 1)
    try generator.restore(golden["state"].bytes())
    #expect(try Tensor.randn([20], generator: generator).values() == golden["after state"].values())
  }

  @Test func continuesFromItsOwnState() throws {
    let generator = try Generator(seed: 3)
    _ = try Tensor.randn([5], generator: generator)
    let state = try generator.state
    let drawn = try Tensor.randn([9], generator: generator).values()
    #expect(try Tensor.randn([9], generator: generator).values() != drawn)
    try generator.restore(state)
    #expect(try Tensor.randn([9], generator: generator).values() == drawn)
  }
}
