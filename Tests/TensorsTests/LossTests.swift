import Testing

@testable import Tensors

struct LossTests {
  typealias Objective = @Sendable (_ output: Tensor, _ target: Tensor) throws -> Tensor

  static let cases: [Case<Objective>] = [
    Case("l1") { try Loss.l1($0, $1) }, Case("l1 sum") { try Loss.l1($0, $1, reduction: .sum) },
    Case("mse") { try Loss.mse($0, $1) }, Case("mse sum") { try Loss.mse($0, $1, reduction: .sum) },
    Case("gaussianKL") { try Loss.gaussianKL(mean: $0, logVariance: $1) },
    Case("bceWithLogits") { try Loss.bceWithLogits($0, $1) },
    Case("bceWithLogits weighted") {
      try Loss.bceWithLogits($0, $1, positiveWeight: 3, reduction: .sum)
    },
    Case("bceWithLogits of some elements") {
      try Loss.bceWithLogits($0, $1, weights: $1.greater(than: 0.5).to(.float32))
    },
    Case("softDice") { try Loss.softDice($0.sigmoid(), $1) },
    Case("gradientDifference") { try Loss.gradientDifference($0, $1) },
  ]

  @Test(arguments: cases)
  func agreesWithPyTorch(loss: Case<Objective>) throws {
    let golden = try Golden("losses")
    let output = try golden["output"].requiresGrad_()
    let value = try loss.body(output, golden["target"])
    try expectClose(value, golden["\(loss.name)/value"], "value")
    try value.backward()
    try expectClose(#require(output.gradient), golden["\(loss.name)/gradient"], "gradient")
  }

  @Test func everyGoldenCaseIsTested() throws {
    #expect(try Golden("losses").cases == Set(LossTests.cases.map(\.name)))
  }
}
