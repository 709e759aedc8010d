import Testing

@testable import Tensors

struct Operands {
  let x, other, kernel: Tensor

  init(_ golden: Golden) throws {
    x = try golden["input"].requiresGrad_()
    other = try golden["other"]
    kernel = try golden["kernel"]
  }

  /// Twice x wherever the condition does not hold.
  func doubled(unless condition: Tensor) throws -> Tensor { try x * (2 - condition.to(.float32)) }
}

struct OperatorTests {
  typealias Operator = @Sendable (Operands) throws -> Tensor

  static let cases: [Case<Operator>] = [
    Case("add") { try $0.x + $0.other }, Case("add number") { try $0.x + 1.5 },
    Case("number add") { try 1.5 + $0.x }, Case("subtract") { try $0.x - $0.other },
    Case("subtract number") { try $0.x - 1.5 }, Case("number subtract") { try 1.5 - $0.x },
    Case("multiply") { try $0.x * $0.other }, Case("multiply number") { try $0.x * 1.5 },
    Case("number multiply") { try 1.5 * $0.x }, Case("divide") { try $0.x / $0.other },
    Case("divide number") { try $0.x / 1.5 },
    Case("number divide") { try 1.5 / ($0.x.square() + 1) },
    Case("negate") { try -$0.x }, Case("abs") { try $0.x.abs() },
    Case("exp") { try $0.x.exp() },
    Case("sqrt") { try ($0.x.square() + 1).sqrt() }, Case("square") { try $0.x.square() },
    Case("clamp") { try $0.x.clamp(min: -0.5, max: 0.75) },
    Case("clamp below") { try $0.x.clamp(min: 0.1) },
    Case("maximum") { try $0.x.maximum($0.other) },
    Case("where greater number") { try $0.doubled(unless: $0.x.greater(than: 0.2)) },
    Case("where less number") { try $0.doubled(unless: $0.x.less(than: 0.2)) },

    Case("relu") { try $0.x.relu() }, Case("leakyReLU") { try $0.x.leakyReLU(0.3) },
    Case("sigmoid") { try $0.x.sigmoid() }, Case("tanh") { try $0.x.tanh() },
    Case("gelu") { try $0.x.gelu() }, Case("gelu tanh") { try $0.x.gelu(approximate: true) },
    Case("silu") { try $0.x.silu() },

    Case("sum") { try $0.x.sum() }, Case("sum dims") { try $0.x.sum([1, 3]) },
    Case("mean") { try $0.x.mean() }, Case("mean kept") { try $0.x.mean([2, 3], keepDim: true) },
    Case("variance") { try $0.x.variance() },
    Case("variance dims") { try $0.x.variance([0, 2], correction: 0) },
    Case("max") { try $0.x.max() },
    Case("norm") { try $0.x.norm([1, 2]) },
    Case("differences") { try $0.x.differences(2) },

    Case("reshape") { try $0.x.transpose(0, 1).reshape([4, -1]) },
    Case("transpose") { try $0.x.transpose(1, 2) }, Case("flip") { try $0.x.flip([3]) },
    Case("narrow") { try $0.x.narrow(2, start: 1, length: 3) },
    Case("select") { try $0.x.select(1, 2) },
    Case("squeeze") { try $0.x.narrow(1, start: 1, length: 1).squeeze(1) },
    Case("unsqueeze") { try $0.x.unsqueeze(1) },
    Case("expand") { try $0.x.narrow(1, start: 0, length: 1).expand([2, 3, 6, 6]) },
    Case("flatten") { try $0.x.flatten() }, Case("cat") { try Tensor.cat([$0.x, $0.other], dim: 1) },
    Case("stack") { try Tensor.stack([$0.x, $0.other], dim: 1) },
    Case("channels last") { try $0.x.contiguous(channelsLast: true) },
    Case("clone") { try $0.x.clone() }, Case("pad") { try $0.x.pad([1, 0, 2, 1], value: 0.5) },
    Case("roll") { try $0.x.roll([1, -2], dims: [2, 3]) },

    Case("matmul") { try $0.x.matmul($0.other) },
    Case("conv2d") { try $0.x.conv2d($0.kernel, padding: 1) },
    Case("maxPool2d") { try $0.x.maxPool2d(2) },
    Case("maxPool2d padded") { try $0.x.maxPool2d(3, stride: 2, padding: 1) },
    Case("avgPool2d") { try $0.x.avgPool2d(2) },
    Case("avgPool2d padded") { try $0.x.avgPool2d(3, stride: 1, padding: 1) },
    Case("bilinear") { try $0.x.interpolate2d([9, 4]) },
    Case("gridSample") {
      try $0.x.gridSample($0.other.narrow(1, start: 0, length: 2).transpose(1, 2).transpose(2, 3) * 2 - 2)
    },
    Case("float64") { try $0.x.to(.float64).exp().to(.float32) },
    Case("bfloat16") { try $0.x.to(.bfloat16).to(.float32) },
  ]

  @Test(arguments: cases)
  func agreesWithPyTorch(operation: Case<Operator>) throws {
    let golden = try Golden("operators")
    let operands = try Operands(golden)
    let output = try operation.body(operands)
    try expectClose(output, golden["\(operation.name)/output"], "output")
    try (output * golden["\(operation.name)/upstream"]).sum().backward()
    let gradient = try #require(operands.x.gradient)
    try expectClose(gradient, golden["\(operation.name)/gradient"], "gradient")
  }

  @Test func everyGoldenCaseIsTested() throws {
    #expect(try Golden("operators").cases == Set(OperatorTests.cases.map(\.name)))
  }

  @Test func createsFilledTensors() throws {
    #expect(try Tensor.zeros([2]).values() == [0, 0])
    #expect(try Tensor.ones([2], dtype: .int64).values() == [1, 1])
    #expect(try Tensor.full([1, 2], 2.5).values() == [2.5, 2.5])
    #expect(try Tensor.arange(1, 3, step: 0.5).values() == [1, 1.5, 2, 2.5])
    #expect(try Tensor.ones([3], dtype: .int32).dtype == .int32)
    #expect(try Tensor.full([2], 7).onesLike().values() == [1, 1])
  }

  @Test func changesElementsInPlace() throws {
    let x = try Tensor([1, 2], shape: [2])
    let view = try x.unsqueeze(1)
    try x.copy_(from: Tensor([8, 9], shape: [2]).to(.int64))
    #expect(try view.values() == [8, 9])
    try x.lerp_(Tensor([12, 1], shape: [2]), weight: 0.25)
    #expect(try view.values() == [9, 7])
  }
}
