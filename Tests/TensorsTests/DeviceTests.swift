import Testing

import Tensors

struct DeviceTests {
  @Test(arguments: [
    ("cpu", Device.cpu), ("cuda", .cuda(0)), ("cuda:3", .cuda(3)), ("mps", .mps), ("auto", .best),
  ])
  func readsNames(text: String, device: Device) throws {
    #expect(try Device(parsing: text) == device)
    #expect(try Device(parsing: device.description) == device)
  }

  @Test(arguments: ["", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:+1", "cuda:1x", "cuda:999", "cpu:0"])
  func refusesOtherNames(text: String) {
    let error = #expect(throws: DeviceError.self) { try Device(parsing: text) }
    #expect(error?.description == "'\(text)' is not a device: use auto, cpu, cuda, cuda:n or mps")
  }

  @Test func theBestDeviceIsAvailable() throws {
    #expect(Device.cpu.isAvailable)
    #expect(Device.best.isAvailable)
    #expect(try Tensor.ones([2], device: .best).device == .best)
  }

  @Test func aMissingDeviceIsAnError() {
    let missing: Device = .cuda(99)
    #expect(!missing.isAvailable)
    #expect(throws: TensorError.self) { try Tensor.ones([2], device: missing) }
    #expect(throws: TensorError.self) { try Tensor([1], shape: [1], device: missing) }
    #expect(throws: TensorError.self) { try Generator(seed: 1, device: missing) }
  }

  @Test func theEngineIsTheOneBuiltAgainst() {
    #expect(Engine.version == "2.11.0")
  }

  @Test func threadsCanBeSet() throws {
    let before = Engine.threads
    try Engine.setThreads(1)
    #expect(Engine.threads == 1)
    try Engine.setThreads(before)
    #expect(Engine.threads == before)
    #expect(throws: TensorError.self) { try Engine.setThreads(0) }
  }
}
