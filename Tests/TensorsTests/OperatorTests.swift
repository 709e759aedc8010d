import _TestSupport
import Testing

import Tensors

struct Operands {
  let x, other, kernel: Tensor

  init(_ golden: Golden) throws {
    x = try golden["input"].requiresGrad_()
    other = try golden["other"]
    kernel = try golden["kernel"]
  }

  /// 2x where the condition is false, x elsewhere.
  func doubled(unless condition: Tensor) throws -> Tensor { try x * (2 - condition.to(.float32)) }
}

struct OperatorTests {
  typealias Operator = @Sendable (Operands) throws -> Tensor

  static let cases: [Row<Operator>] = [
    Row("add") { try $0.x + $0.other }, Row("add number") { try $0.x + 1.5 },
    Row("number add") { try 1.5 + $0.x }, Row("subtract") { try $0.x - $0.other },
    Row("subtract number") { try $0.x - 1.5 }, Row("number subtract") { try 1.5 - $0.x },
    Row("multiply") { try $0.x * $0.other }, Row("multiply number") { try $0.x * 1.5 },
    Row("number multiply") { try 1.5 * $0.x }, Row("divide") { try $0.x / $0.other },
    Row("divide number") { try $0.x / 1.5 },
    Row("number divide") { try 1.5 / ($0.x.square() + 1) },
    Row("negate") { try -$0.x }, Row("abs") { try $0.x.abs() },
    Row("exp") { try $0.x.exp() }, Row("log") { try ($0.x.square() + 1).log() },
    Row("sqrt") { try ($0.x.square() + 1).sqrt() }, Row("square") { try $0.x.square() },
    Row("clamp") { try $0.x.clamp(min: -0.5, max: 0.75) },
    Row("clamp below") { try $0.x.clamp(min: 0.1) },
    Row("maximum") { try $0.x.maximum($0.other) },
    Row("where greater number") { try $0.doubled(unless: $0.x.greater(than: 0.2)) },
    Row("where less number") { try $0.doubled(unless: $0.x.less(than: 0.2)) },

    Row("relu") { try $0.x.relu() }, Row("leakyReLU") { try $0.x.leakyReLU(0.3) },
    Row("sigmoid") { try $0.x.sigmoid() }, Row("tanh") { try $0.x.tanh() },
    Row("gelu") { try $0.x.gelu() }, Row("gelu tanh") { try $0.x.gelu(approximate: true) },
    Row("silu") { try $0.x.silu() },

    Row("sum") { try $0.x.sum() }, Row("sum dims") { try $0.x.sum([1, 3]) },
    Row("mean") { try $0.x.mean() }, Row("mean kept") { try $0.x.mean([2, 3], keepDim: true) },
    Row("variance") { try $0.x.variance() },
    Row("variance dims") { try $0.x.variance([0, 2], correction: 0) },
    Row("max") { try $0.x.max() },
    Row("logSumExp") { try $0.x.logSumExp([1], keepDim: true) },
    Row("norm") { try $0.x.norm([1, 2]) },
    Row("differences") { try $0.x.differences(2) },

    Row("reshape") { try $0.x.transpose(0, 1).reshape([4, -1]) },
    Row("transpose") { try $0.x.transpose(1, 2) }, Row("flip") { try $0.x.flip([3]) },
    Row("narrow") { try $0.x.narrow(2, start: 1, length: 3) },
    Row("select") { try $0.x.select(1, 2) },
    Row("squeeze") { try $0.x.narrow(1, start: 1, length: 1).squeeze(1) },
    Row("unsqueeze") { try $0.x.unsqueeze(1) },
    Row("expand") { try $0.x.narrow(1, start: 0, length: 1).expand([2, 3, 6, 6]) },
    Row("flatten") { try $0.x.flatten() }, Row("cat") { try Tensor.cat([$0.x, $0.other], dim: 1) },
    Row("stack") { try Tensor.stack([$0.x, $0.other], dim: 1) },
    Row("channels last") { try $0.x.contiguous(channelsLast: true) },
    Row("clone") { try $0.x.clone() }, Row("pad") { try $0.x.pad([1, 0, 2, 1], value: 0.5) },
    Row("roll") { try $0.x.roll([1, -2], dims: [2, 3]) },

    Row("matmul") { try $0.x.matmul($0.other) },
    Row("conv2d") { try $0.x.conv2d($0.kernel, padding: 1) },
    Row("maxPool2d") { try $0.x.maxPool2d(2) },
    Row("maxPool2d padded") { try $0.x.maxPool2d(3, stride: 2, padding: 1) },
    Row("avgPool2d") { try $0.x.avgPool2d(2) },
    Row("avgPool2d padded") { try $0.x.avgPool2d(3, stride: 1, padding: 1) },
    Row("bilinear") { try $0.x.interpolate2d([9, 4]) },
    Row("gridSample") {
      try $0.x.gridSample($0.other.narrow(1, start: 0, length: 2).transpose(1, 2).transpose(2, 3) * 2 - 2)
    },
    Row("float64") { try $0.x.to(.float64).exp().to(.float32) },
    Row("bfloat16") { try $0.x.to(.bfloat16).to(.float32) },
  ]

  @Test(arguments: cases)
  func agreesWithPyTorch(operation: Row<Operator>) throws {
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
