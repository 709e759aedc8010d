internal import CTorch

/// A stream of random numbers of one device; the same seed gives PyTorch's draws.
public final class Generator: @unchecked Sendable {
  let handle: OpaquePointer
  /// Where the draws are made.
  public let device: Device
  private let original: Generator?
  private let rows: (kept: Range<Int>, count: Int)?

  /// Starts the stream of this seed; throws where the device is missing.
  public init(seed: UInt64, device: Device = .cpu) throws(TensorError) {
    (self.device, original, rows) = (device, nil, nil)
    handle = try created("Generator") { ct_generator_create(seed, device.handle, &$0) }
  }

  private init(_ original: Generator, rows: (Range<Int>, Int)) {
    (handle, device, self.original, self.rows) = (original.handle, original.device, original, rows)
  }

  deinit { if original == nil { ct_generator_destroy(handle) } }

  /// The same stream for one who has only these rows of a batch of `count`: draws with as many rows are those that the
  /// whole batch would have there, and the stream moves on as for the whole batch.
  package func keeping(_ rows: Range<Int>, of count: Int) -> Generator {
    Generator(self, rows: (rows, count))
  }

  /// The same stream for draws that belong to no row.
  package var forAllRows: Generator { original ?? self }

  /// The shape to draw, to keep one of this shape.
  func drawn(_ shape: [Int]) -> [Int] { rows.map { [$0.count] + shape.dropFirst() } ?? shape }

  /// A tensor of that shape and of the given one's order in memory; its values do not count.
  func drawn(like tensor: Tensor) throws(TensorError) -> Tensor {
    guard let rows else { return tensor }
    return try .cat(Array(repeating: tensor.narrow(0, start: 0, length: 1), count: rows.count))
  }

  /// What is kept of a draw.
  func kept(_ drawn: Tensor) throws(TensorError) -> Tensor {
    guard let rows else { return drawn }
    return try drawn.narrow(0, start: rows.kept.lowerBound, length: rows.kept.count)
  }

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
