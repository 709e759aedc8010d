import Testing

@testable import Tensors

@Test func smoke() throws {
  let x = try Tensor([1, 2, 3, 4], shape: [2, 2]).requiresGrad_()
  let y = try (x * x + 1).sum()
  try y.backward()
  #expect(try x.gradient?.values() == [2, 4, 6, 8])
  let g = try Generator(seed: 7)
  print(try Tensor.randn([4], generator: g).values(), Engine.version, Engine.threads)
  do { _ = try x.matmul(Tensor([1, 2, 3], shape: [1, 3])) } catch { print(error) }
  do { _ = try Tensor([1, 2, 3], shape: [1, 2]) } catch { print(error) }
  do { _ = try call("nonsense", x) } catch { print(error) }
  do { _ = try call("exp", 3) } catch { print(error) }
  print(try x.sum([0]).values(), try x.max().item(), try x.conv2dTest())
}

extension Tensor {
  func conv2dTest() throws -> [Float] {
    try view([1, 1, 2, 2]).conv2d(Tensor.ones([1, 1, 2, 2]), padding: 1).values()
  }
}
