internal import CTorch

/// A random number generator of one device; it returns the same numbers as PyTorch for the same seed.
public final class Generator: @unchecked Sendable {
  let handle: OpaquePointer
  /// The device that makes the samples.
  public let device: Device
  private let original: Generator?
  private let rows: (kept: Range<Int>, count: Int)?

  /// Creates a generator with this seed.
  ///
  /// - Throws: ``TensorError`` if the device is missing.
  public init(seed: UInt64, device: Device = .cpu) throws(TensorError) {
    (self.device, original, rows) = (device, nil, nil)
    handle = try created("Generator") { ct_generator_create(seed, device.handle, &$0) }
  }

  private init(_ original: Generator, rows: (Range<Int>, Int)) {
    (handle, device, self.original, self.rows) = (original.handle, original.device, original, rows)
  }

  deinit { if original == nil { ct_generator_destroy(handle) } }

  /// The generator of a shard with these rows of a batch of `count`: its samples equal the corresponding
  /// rows of the full batch's samples, and its state advances as for the full batch.
  package func keeping(_ rows: Range<Int>, of count: Int) -> Generator {
    Generator(self, rows: (rows, count))
  }

  /// The generator of the full batch, for samples that belong to no row.
  package var forAllRows: Generator { original ?? self }

  /// The shape of the full sample from which a tensor of this shape is kept.
  func drawn(_ shape: [Int]) -> [Int] { rows.map { [$0.count] + shape.dropFirst() } ?? shape }

  /// A tensor with the shape of the full sample and the memory format of `tensor`; its values are arbitrary.
  func drawn(like tensor: Tensor) throws(TensorError) -> Tensor {
    guard let rows else { return tensor }
    return try .cat(Array(repeating: tensor.narrow(0, start: 0, length: 1), count: rows.count))
  }

  /// The rows of a full sample that are kept.
  func kept(_ drawn: Tensor) throws(TensorError) -> Tensor {
    guard let rows else { return drawn }
    return try drawn.narrow(0, start: rows.kept.lowerBound, length: rows.kept.count)
  }

  /// The state in PyTorch's format.
  public var state: [UInt8] {
    get throws(TensorError) {
      let handle = try created("Generator.state") { ct_generator_state(self.handle, &$0) }
      return try Tensor(handle: handle).bytes()
    }
  }

  /// Restores a ``state``.
  ///
  /// - Throws: ``TensorError`` if the bytes are not a state.
  public func restore(_ state: [UInt8]) throws(TensorError) {
    let tensor = try Tensor(elements: state, dtype: .uint8, shape: [state.count])
    try check(ct_generator_set_state(handle, tensor.handle), "Generator.restore", [tensor.shape])
  }
}
