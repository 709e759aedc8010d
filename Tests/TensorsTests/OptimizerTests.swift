import _TestSupport
import Foundation
import Testing

@testable import Tensors

struct OptimizerTests {
  /// The net, the data and the optimiser of one golden case.
  struct Training {
    let golden: Golden
    let name: String
    let store: ParameterStore
    let forward: Forward
    let adam: Adam

    init(_ name: String) throws {
      golden = try Golden("optimizers")
      self.name = name
      store = ParameterStore(generator: try Generator(seed: 1))
      let first = try Linear(store.path() / 0, in: 4, out: 8)
      let last = try Linear(store.path() / 2, in: 8, out: 1)
      forward = { try last(first($0).tanh()) }
      try store.load(golden.under("\(name)/before/"))
      adam =
        name == "adam"
        ? try Adam(store.namedParameters, learningRate: 0.01, weightDecay: 0.01)
        : try Adam(
          store.namedParameters, learningRate: 0.02, betas: (0.5, 0.99), weightDecay: 0.1,
          decoupled: true)
    }

    /// Takes steps and returns the loss and the gradient norm before each.
    @discardableResult
    func run(_ count: Int) throws -> (losses: [Float], norms: [Float]) {
      var losses: [Float] = []
      var norms: [Float] = []
      for _ in 0..<count {
        try adam.zeroGradients()
        let loss = try Loss.mse(forward(golden["\(name)/input"]), golden["\(name)/target"])
        try loss.backward()
        norms.append(try clipGradients(norm: 0.25))
        try adam.step()
        losses.append(try loss.item())
      }
      return (losses, norms)
    }

    /// PyTorch's `clip_grad_norm_`, which the golden steps use; returns the norm before clipping.
    private func clipGradients(norm limit: Float) throws -> Float {
      let norm = try Tensor.stack(adam.gradients.map { try $0.norm() }).norm().item()
      let scale = limit / (norm + 1e-6)
      for gradient in adam.gradients where scale < 1 { try gradient.copy_(from: gradient * scale) }
      return norm
    }

    var parameters: [[Float]] {
      get throws { try store.parameters.map { try $0.values() } }
    }
  }

  @Test(arguments: ["adam", "adamw"])
  func takesPyTorchsTenSteps(name: String) throws {
    let training = try Training(name)
    let (losses, norms) = try training.run(10)
    try expectClose(Tensor(losses, shape: [10]), training.golden["\(name)/losses"], "losses")
    try expectClose(Tensor(norms, shape: [10]), training.golden["\(name)/norms"], "norms")
    for (parameter, tensor) in training.store.state {
      try expectClose(tensor, training.golden["\(name)/after/\(parameter)"], parameter)
    }
  }

  @Test func resumesBitForBit() throws {
    let whole = try Training("adamw")
    try whole.run(7)

    let interrupted = try Training("adamw")
    try interrupted.run(3)
    let resumed = try Training("adamw")
    try withTemporaryFolder { directory in
      let weights = directory.appending(path: "weights.safetensors")
      let state = directory.appending(path: "state.safetensors")
      try Safetensors.write(interrupted.store.state, to: weights)
      try Safetensors.write(interrupted.adam.state, to: state)
      try resumed.store.load(Safetensors.read(weights).tensors)
      try resumed.adam.load(Safetensors.read(state).tensors)
    }
    try resumed.run(4)
    #expect(try resumed.parameters == whole.parameters)

    let forgetful = try Training("adamw")
    try forgetful.store.load(interrupted.store.state)
    try forgetful.run(4)
    #expect(try forgetful.parameters != whole.parameters, "the state matters")
  }

  @Test func stepsFollowTheLearningRate() throws {
    let training = try Training("adam")
    let before = try training.parameters
    training.adam.learningRate = 0
    try training.run(1)
    #expect(try training.parameters == before)
  }

  @Test func leavesParametersWithoutGradientsAlone() throws {
    let used = try Tensor([1], shape: [1]).requiresGrad_()
    let unused = try Tensor([1], shape: [1]).requiresGrad_()
    let adam = try Adam([("used", used), ("unused", unused)], learningRate: 0.1, weightDecay: 0.5)
    try used.square().sum().backward()
    try adam.step()
    #expect(try used.item() != 1)
    #expect(try unused.item() == 1)
  }

  @Test func refusesAnotherOptimizersState() throws {
    let training = try Training("adam")
    var state = training.adam.state
    state["exp_avg.0.weight"] = try .zeros([1])
    let expected = ParameterError.shape(path: "exp_avg.0.weight", expected: [8, 4], actual: [1])
    #expect(throws: expected) { try training.adam.load(state) }
  }

  @Test func countsItsSteps() throws {
    let training = try Training("adam")
    #expect(try training.adam.stepCount == 0)
    try training.run(3)
    #expect(try training.adam.stepCount == 3)
    let other = try Training("adam")
    try other.adam.load(training.adam.state)
    #expect(try other.adam.stepCount == 3)
    #expect(try Adam([], learningRate: 1).stepCount == 0)
  }

  /// The decay of the first steps is 1/10, 2/11, 3/12 until it reaches the given one.
  @Test func averagesFollowTheFirstStepsFaster() throws {
    func network() throws -> (store: ParameterStore, layer: Linear) {
      let store = ParameterStore(generator: try Generator(seed: 1))
      return (store, try Linear(store.path(), in: 1, out: 1, bias: false))
    }
    let (learner, average) = (try network(), try network())
    let movingAverage = ExponentialMovingAverage(average.store, of: learner.store, decay: 0.2)
    try average.store.load(["weight": .ones([1, 1])])
    try learner.store.load(["weight": .zeros([1, 1])])
    var expected = 1.0
    for (step, decay) in [(1, 0.1), (2, 2.0 / 11), (3, 0.2), (4, 0.2)] {
      try movingAverage.update(step: step)
      expected *= decay
      #expect(abs(Double(try average.layer.weight.item()) - expected) < 1e-7)
      #expect(try learner.layer.weight.item() == 0)
    }
  }
}
