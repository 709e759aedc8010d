internal import CTorch

/// An n-dimensional array of libtorch. Images have the shape [batch, channels, height, width].
///
/// Functions whose names end in an underscore change the elements in place, in all views. Functions throw
/// ``TensorError`` if shapes, types or devices do not fit. Concurrent reads are safe; the caller must
/// synchronise writes.
public final class Tensor: @unchecked Sendable {
  let handle: OpaquePointer

  init(handle: OpaquePointer) { self.handle = handle }

  deinit { ct_tensor_destroy(handle) }

  /// A Float32 tensor of these values in row-major order.
  ///
  /// - Throws: ``TensorError`` if they do not fill the shape.
  public convenience init(
    _ values: [Float], shape: [Int], device: Device = .cpu
  ) throws(TensorError) {
    try self.init(elements: values, dtype: .float32, shape: shape, device: device)
  }

  /// A Float32 tensor that copies these values in row-major order.
  ///
  /// - Throws: ``TensorError`` if they do not fill the shape.
  public convenience init(
    _ values: UnsafeBufferPointer<Float>, shape: [Int], device: Device = .cpu
  ) throws(TensorError) {
    let bytes = UnsafeRawBufferPointer(values)
    try self.init(bytes: bytes, dtype: .float32, shape: shape, device: device)
  }

  /// A tensor that copies these elements in row-major order.
  ///
  /// - Throws: ``TensorError`` if they do not fill the shape.
  public convenience init(
    bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int], device: Device = .cpu
  ) throws(TensorError) {
    self.init(
      handle: try created("Tensor", [shape]) { Tensor.create(bytes, dtype, shape, device, &$0) })
  }

  convenience init<Element>(
    elements: [Element], dtype: DType, shape: [Int], device: Device = .cpu
  ) throws(TensorError) {
    let handle = try created("Tensor", [shape]) { handle in
      elements.withUnsafeBytes { Tensor.create($0, dtype, shape, device, &handle) }
    }
    self.init(handle: handle)
  }

  private static func create(
    _ bytes: UnsafeRawBufferPointer, _ dtype: DType, _ shape: [Int], _ device: Device,
    _ handle: inout OpaquePointer?
  ) -> CTStatus {
    ct_tensor_create(
      bytes.baseAddress, bytes.count, dtype.code, shape.map(Int64.init), Int64(shape.count),
      device.handle, &handle)
  }
}

// MARK: - Properties

extension Tensor {
  /// The size of each dimension.
  public var shape: [Int] {
    var sizes = [Int64](repeating: 0, count: rank)
    ct_tensor_shape(handle, &sizes)
    return sizes.map(Int.init)
  }

  /// The number of dimensions.
  public var rank: Int { Int(ct_tensor_rank(handle)) }

  /// The number of elements.
  public var count: Int { Int(ct_tensor_count(handle)) }

  /// The type of the elements.
  public var dtype: DType {
    guard let type = DType(code: ct_tensor_dtype(handle)) else {
      preconditionFailure("element type \(ct_tensor_dtype(handle)) is not supported")
    }
    return type
  }

  /// The device of the elements.
  public var device: Device { Device(handle: ct_tensor_device(handle)) }
}

extension Tensor: CustomStringConvertible {
  /// The type, shape and device; not the elements.
  public var description: String { "Tensor(\(dtype), \(shape), \(device))" }
}

// MARK: - Reading the elements

extension Tensor {
  /// The elements as Float32 in row-major order, from any dtype and device.
  public func values() throws(TensorError) -> [Float] { try to(.float32).elements() }

  /// The bytes of the elements in row-major order and their own dtype.
  public func bytes() throws(TensorError) -> [UInt8] { try elements() }

  private func elements<Element>() throws(TensorError) -> [Element] {
    let byteCount = byteCount
    var status = CT_OK
    let elements = [Element](
      unsafeUninitializedCapacity: byteCount / MemoryLayout<Element>.stride
    ) { memory, initializedCount in
      status = ct_tensor_copy_bytes(handle, memory.baseAddress, byteCount)
      initializedCount = status == CT_OK ? byteCount / MemoryLayout<Element>.stride : 0
    }
    try check(status, "values", [shape])
    return elements
  }

  /// The size of the elements in bytes.
  public var byteCount: Int { count * dtype.byteCount }

  /// The one element of a tensor of count 1.
  ///
  /// - Throws: ``TensorError`` for any other.
  public func item() throws(TensorError) -> Float {
    var value: Float = 0
    let source = try to(.float32)
    try check(ct_tensor_copy_bytes(source.handle, &value, MemoryLayout<Float>.size), "item", [shape])
    return value
  }
}
