internal import CTorch

/// A stream of random numbers of one device; the same seed gives PyTorch's draws.
public final class Generator: @unchecked Sendable {
  let handle: OpaquePointer
  /// Where the draws are made.
  public let device: Device

  /// Starts the stream of this seed; throws where the device is missing.
  public init(seed: UInt64, device: Device = .cpu) throws(TensorError) {
    self.device = device
    handle = try created("Generator") { ct_generator_create(seed, device.handle, &$0) }
  }

  deinit { ct_generator_destroy(handle) }

  /// The place in the stream, in PyTorch's own bytes; throws when the engine refuses.
  public var state: [UInt8] {
    get throws(TensorError) {
      let handle = try created("Generator.state") { ct_generator_state(self.handle, &$0) }
      return try Tensor(handle: handle).bytes()
    }
  }

  /// Continues from a place that `state` gave; throws if the bytes are not one.
  public func restore(_ state: [UInt8]) throws(TensorError) {
    let tensor = try Tensor(elements: state, dtype: .uint8, shape: [state.count])
    try check(ct_generator_set_state(handle, tensor.handle), "Generator.restore", [tensor.shape])
  }
}
