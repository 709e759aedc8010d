import _TestSupport
import Testing

@testable import Tensors

typealias Forward = (Tensor) throws -> Tensor

struct LayerTests {
  static let cases: [Row<@Sendable (ParameterPath) throws -> Forward>] = [
    Row("conv2d") { path in
      let layer = try Conv2d(path, in: 3, out: 4, kernel: 3, stride: 2, padding: 1)
      return { try layer($0) }
    },
    Row("conv2d grouped") { path in
      let layer = try Conv2d(
        path, in: 4, out: 6, kernel: 3, padding: 2, dilation: 2, groups: 2, bias: false)
      return { try layer($0) }
    },
    Row("convTranspose2d") { path in
      let layer = try ConvTranspose2d(
        path, in: 4, out: 3, kernel: 5, stride: 2, padding: 2, outputPadding: 1, channelsLast: true)
      return { try layer($0) }
    },
    Row("conv3d") { path in
      let layer = try Conv3d(path, in: 2, out: 3, kernel: 3, stride: 2, padding: 1)
      return { try layer($0) }
    },
    Row("linear") { path in
      let layer = try Linear(path, in: 5, out: 3)
      return { try layer($0) }
    },
    Row("batchNorm2d training") { path in
      let layer = try BatchNorm2d(path, 3)
      return { try layer($0, training: true) }
    },
    Row("batchNorm2d") { path in
      let layer = try BatchNorm2d(path, 3)
      return { try layer($0, training: false) }
    },
    Row("groupNorm") { path in
      let layer = try GroupNorm(path, groups: 2, 4)
      return { try layer($0) }
    },
    Row("instanceNorm") { path in
      let layer = try InstanceNorm(path, 3)
      return { try layer($0) }
    },
    Row("instanceNorm affine") { path in
      let layer = try InstanceNorm(path, 3, affine: true)
      return { try layer($0) }
    },
    Row("conv2d standardized") { path in
      let layer = try Conv2d(path, in: 3, out: 4, kernel: 3, padding: 1, standardized: true)
      return { try layer($0) }
    },
  ]

  @Test(arguments: cases)
  func agreesWithPyTorch(layer: Row<@Sendable (ParameterPath) throws -> Forward>) throws {
    let golden = try Golden("layers")
    let store = ParameterStore(generator: try Generator(seed: 11))
    let forward = try layer.body(store.path())

    let initial = golden.under("\(layer.name)/initial/")
    #expect(Set(initial.keys) == Set(store.state.keys))
    for (name, tensor) in store.state {
      #expect(try tensor.values() == initial[name]?.values(), "initial \(name)")
    }

    try store.load(golden.under("\(layer.name)/before/"))
    let input = try golden["\(layer.name)/input"].requiresGrad_()
    let output = try forward(input)
    try expectClose(output, golden["\(layer.name)/output"], "output")

    try (output * golden["\(layer.name)/upstream"]).sum().backward()
    for (name, tensor) in [("input", input)] + store.namedParameters {
      let gradient = try #require(tensor.gradient)
      try expectClose(gradient, golden["\(layer.name)/gradient/\(name)"], "gradient of \(name)")
    }
    let after = golden.under("\(layer.name)/after/")
    for (name, tensor) in store.state where after[name] != nil {
      try expectClose(tensor, golden["\(layer.name)/after/\(name)"], name)
    }
  }

  @Test func everyGoldenCaseIsTested() throws {
    #expect(try Golden("layers").cases == Set(LayerTests.cases.map(\.name)))
  }

  @Test func activationsHaveTheNamesConfigurationsUse() throws {
    let golden = try Golden("operators")
    for activation in Activation.allCases where activation != .identity {
      try expectClose(
        activation(golden["input"]), golden["\(activation.rawValue)/output"], activation.rawValue)
    }
    #expect(try Activation.identity(golden["input"]) === golden["input"])
  }

  static let loadErrors: [Row<@Sendable (inout [String: Tensor]) throws -> ParameterError>] = [
    Row("missing") {
      $0["net.0.bias"] = nil
      return .missing(path: "net.0.bias", shape: [2])
    },
    Row("unexpected") {
      $0["net.1.bias"] = try .zeros([2])
      return .unexpected(path: "net.1.bias")
    },
    Row("shape") {
      $0["net.0.weight"] = try .zeros([3, 2])
      return .shape(path: "net.0.weight", expected: [2, 3], actual: [3, 2])
    },
  ]

  @Test(arguments: loadErrors)
  func refusesTensorsThatDoNotFit(
    change: Row<@Sendable (inout [String: Tensor]) throws -> ParameterError>
  ) throws {
    let store = ParameterStore(generator: try Generator(seed: 1))
    let layer = try Linear(store.path("net") / 0, in: 3, out: 2)
    let before = try layer.weight.values()
    var tensors = ["net.0.weight": try Tensor.zeros([2, 3]), "net.0.bias": try .zeros([2])]
    let expected = try change.body(&tensors)
    #expect(throws: expected) { try store.load(tensors) }
    #expect(try layer.weight.values() == before)
  }

  @Test(arguments: [
    (ParameterError.missing(path: "a.bias", shape: [2]), "a.bias of shape [2] is missing"),
    (.unexpected(path: "b"), "the network has no b"),
    (
      .shape(path: "a.weight", expected: [2, 3], actual: [3, 2]),
      "a.weight has shape [3, 2], the network needs [2, 3]"
    ),
  ])
  func saysWhatDoesNotFit(error: ParameterError, text: String) {
    #expect(error.description == text)
  }
}
