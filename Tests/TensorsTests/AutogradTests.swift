import Testing

@testable import Tensors

struct AutogradTests {
  @Test func differentiatesAGradientPenalty() throws {
    let golden = try Golden("penalty")
    let store = ParameterStore(generator: try Generator(seed: 1))
    let first = try Conv2d(store.path() / 0, in: 1, out: 4, kernel: 3, stride: 2, padding: 1)
    let last = try Conv2d(store.path() / 2, in: 4, out: 1, kernel: 3, padding: 1)
    try store.load(golden.under("before/"))

    let x = try golden["input"].requiresGrad_()
    let score = try last(first(x).leakyReLU(0.2)).tanh().sum()
    let slopes = try Tensor.gradients(of: score, withRespectTo: [x], createGraph: true)
    let penalty = try (slopes[0].flatten().norm([1]) - 1).square().mean()
    try expectClose(penalty, golden["value"])

    try penalty.backward()
    for (name, gradient) in golden.under("gradient/") {
      let parameter = try #require(store.namedParameters.first { $0.0 == name }).1
      try expectClose(#require(parameter.gradient), gradient, name)
    }
  }

  @Test func accumulatesAndForgetsGradients() throws {
    let x = try Tensor([1, 2], shape: [2]).requiresGrad_()
    #expect(x.gradient == nil)
    try x.square().sum().backward()
    try x.square().sum().backward()
    #expect(try x.gradient?.values() == [4, 8])
    try x.clearGradient()
    #expect(x.gradient == nil)
  }

  @Test func gradientsOfWhatDoesNotMatterAreZero() throws {
    let x = try Tensor([1, 2], shape: [2]).requiresGrad_()
    let bystander = try Tensor([5], shape: [1]).requiresGrad_()
    let gradients = try Tensor.gradients(of: x.square().sum(), withRespectTo: [x, bystander])
    #expect(try gradients.map { try $0.values() } == [[2, 4], [0]])
    #expect(x.gradient == nil)
  }

  @Test func recordsOnlyWhereAsked() throws {
    let x = try Tensor([1], shape: [1]).requiresGrad_()
    #expect(try x.exp().requiresGrad)
    #expect(try x.exp().detach().requiresGrad == false)
    #expect(try withoutGradients { try x.exp().requiresGrad } == false)
    #expect(try inferenceMode { try x.exp().requiresGrad } == false)
    #expect(throws: TensorError.self) {
      try withoutGradients { try x.reshape([7]) }
    }
    #expect(try x.exp().requiresGrad, "recording goes on after an error inside")
  }
}
