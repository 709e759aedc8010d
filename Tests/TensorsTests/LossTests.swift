import _TestSupport
import Testing

import Tensors

struct LossTests {
  typealias Objective = @Sendable (_ output: Tensor, _ target: Tensor) throws -> Tensor

  static let cases: [Row<Objective>] = [
    Row("l1") { try Loss.l1($0, $1) }, Row("l1 sum") { try Loss.l1($0, $1, reduction: .sum) },
    Row("mse") { try Loss.mse($0, $1) }, Row("mse sum") { try Loss.mse($0, $1, reduction: .sum) },
    Row("gaussianKL") { try Loss.gaussianKL(mean: $0, logVariance: $1) },
    Row("bceWithLogits") { try Loss.bceWithLogits($0, $1) },
    Row("bceWithLogits weighted") {
      try Loss.bceWithLogits($0, $1, positiveWeight: 3, reduction: .sum)
    },
    Row("bceWithLogits of some elements") {
      try Loss.bceWithLogits($0, $1, weights: $1.greater(than: 0.5).to(.float32))
    },
    Row("softDice") { try Loss.softDice($0.sigmoid(), $1) },
    Row("gradientDifference") { try Loss.gradientDifference($0, $1) },
  ]

  @Test(arguments: cases)
  func agreesWithPyTorch(loss: Row<Objective>) throws {
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
