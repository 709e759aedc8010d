import Testing

import Tensors

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
    #expect(throws: TensorError.self) {
      try withoutGradients { try x.reshape([7]) }
    }
    #expect(try x.exp().requiresGrad, "recording continues after an error")
  }

  @Test func mixedPrecisionRoundsActivationsAndKeepsWeights() throws {
    let store = ParameterStore(generator: try Generator(seed: 1))
    let convolution = try Conv2d(store.path() / 0, in: 1, out: 4, kernel: 3, padding: 1)
    let linear = try Linear(store.path() / 1, in: 256, out: 3)
    let x = try Tensor.randn([2, 1, 8, 8], generator: Generator(seed: 2))
    let forward = { try linear(convolution(x).reshape([2, 256])) }
    let exact = try forward()
    let rounded = try mixedPrecision(on: .cpu, forward)
    #expect(rounded.dtype == .bfloat16 && exact.dtype == .float32)
    let difference = try (rounded.to(.float32) - exact).abs().max().item()
    let scale = try exact.abs().max().item()
    // bfloat16 has eight bits.
    #expect(difference > 0 && difference < 0.02 * scale)

    try exact.square().sum().backward()
    let gradients = try store.parameters.map { try #require($0.gradient).clone() }
    for parameter in store.parameters { try parameter.clearGradient() }
    try mixedPrecision(on: .cpu, forward).to(.float32).square().sum().backward()
    for (parameter, expected) in zip(store.parameters, gradients) {
      let gradient = try #require(parameter.gradient)
      #expect(parameter.dtype == .float32 && gradient.dtype == .float32)
      #expect(try (gradient - expected).abs().max().item() < 0.05 * expected.abs().max().item())
    }
  }

  /// Cast weights are cached within a scope only, because the weights change between scopes.
  @Test func mixedPrecisionForgetsItsCastsWithItsScope() throws {
    let store = ParameterStore(generator: try Generator(seed: 1))
    let linear = try Linear(store.path(), in: 4, out: 3)
    let adam = try Adam(store.namedParameters, learningRate: 0.1)
    let x = try Tensor.randn([2, 4], generator: Generator(seed: 2))
    for _ in 0..<3 {
      let exact = try withoutGradients { try linear(x).square().sum().item() }
      let loss = try mixedPrecision(on: .cpu) { try linear(x) }.to(.float32).square().sum()
      #expect(abs(try loss.item() - exact) < 0.03 * exact)
      try adam.zeroGradients()
      try loss.backward()
      try adam.step()
      #expect(try abs(withoutGradients { try linear(x).square().sum().item() } - exact) > 0.05 * exact)
    }
  }

  @Test func mixedPrecisionEndsWithTheOutermostScope() throws {
    let x = try Tensor.ones([2, 2])
    let type = { try x.matmul(x).dtype }
    try mixedPrecision(on: .cpu) { () throws in
      #expect(try mixedPrecision(on: .cpu, type) == .bfloat16)
      #expect(try type() == .bfloat16)
      #expect(throws: TensorError.self) { try mixedPrecision(on: .cpu) { try x.reshape([7]) } }
      #expect(try type() == .bfloat16)
    }
    #expect(try type() == .float32)
    #expect(throws: TensorError.self) { try mixedPrecision(on: .cpu) { try x.reshape([7]) } }
    #expect(try type() == .float32)
  }

  @Test func frozenParametersLetGradientsPass() throws {
    let store = ParameterStore(generator: try Generator(seed: 1))
    let linear = try Linear(store.path(), in: 3, out: 2)
    let x = try Tensor.ones([1, 3]).requiresGrad_()
    try store.frozen { try linear(x).sum().backward() }
    #expect(try #require(x.gradient).values() != [0, 0, 0])
    #expect(store.parameters.allSatisfy { $0.gradient == nil && $0.requiresGrad })
    #expect(throws: TensorError.self) { try store.frozen { try x.reshape([7]) } }
    #expect(store.parameters.allSatisfy { $0.requiresGrad })
    try linear(x).sum().backward()
    #expect(store.parameters.allSatisfy { $0.gradient != nil })
  }
}
