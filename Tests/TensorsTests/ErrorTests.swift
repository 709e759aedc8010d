import _TestSupport
import Base
import Testing

@testable import Tensors

struct ErrorTests {
  static let cases: [Row<(String, @Sendable () throws -> Any)>] = [
    Row(
      "matmul",
      (
        "matmul of [2, 3] and [2, 4]: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x4)",
        { try Tensor.zeros([2, 3]).matmul(.zeros([2, 4])) }
      )),
    Row(
      "add",
      (
        "add of [2] and [3]: The size of tensor a (2) must match the size of tensor b (3) at non-singleton"
          + " dimension 0",
        { try Tensor.zeros([2]) + Tensor.zeros([3]) }
      )),
    Row(
      "cat",
      (
        "cat of [1, 2] and [1, 3]: Sizes of tensors must match except in dimension 0. Expected size 2 but got"
          + " size 3 for tensor number 1 in the list.",
        { try Tensor.cat([.zeros([1, 2]), .zeros([1, 3])]) }
      )),
    Row(
      "values",
      (
        "Tensor of [2, 2]: the shape needs 16 bytes, not 12",
        { try Tensor([1, 2, 3], shape: [2, 2]) }
      )),
    Row(
      "item",
      (
        "item of [2]: the tensor has 8 bytes, not 4",
        { try Tensor.zeros([2]).item() }
      )),
    Row(
      "backward",
      (
        "backward of [2]: grad can be implicitly created only for scalar outputs",
        { try Tensor.zeros([2]).requiresGrad_().exp().backward() }
      )),
    Row(
      "unknown operator",
      (
        "nonsense of [1]: Could not find schema for aten::nonsense.",
        { try call("nonsense", Tensor.zeros([1])) }
      )),
    Row(
      "wrong argument",
      (
        "exp: aten::exp() Expected a value of type 'Tensor' for argument 'self' but instead found type 'int'.",
        { try call("exp", 3) }
      )),
    Row(
      "no result",
      (
        "_foreach_add_: the operator has no result",
        { try call("_foreach_add_.Scalar", [Tensor.zeros([1])], 1) }
      )),
    Row(
      "generator state",
      (
        "Generator.restore of [3]: Expected a CPUGeneratorImplState of size 5056 but found the input RNG state"
          + " size to be 3",
        { try Generator(seed: 1).restore([1, 2, 3]) }
      )),
  ]

  @Test(arguments: cases)
  func saysWhatFailedOnWhichShapes(row: Row<(String, @Sendable () throws -> Any)>) throws {
    let error = #expect(throws: TensorError.self) { _ = try row.body.1() }
    #expect(error?.description == row.body.0)
  }

  @Test func aProblemSaysWhichOperationFailed() throws {
    let error = #expect(throws: TensorError.self) { try Tensor.zeros([2, 3]).matmul(.zeros([2, 4])) }
    let problem = try #require(error).problem
    #expect(problem.kind == .internalError && problem.location == "matmul of [2, 3] and [2, 4]")
    #expect(problem.what.hasSuffix("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x4)"))
  }

  @Test func moreMemoryThanThereIsIsItsOwnProblem() throws {
    let error = #expect(throws: TensorError.self) { try Tensor.zeros([1 << 50]) }
    #expect(try #require(error).problem.kind == .outOfMemory, "\(error)")
  }
}
