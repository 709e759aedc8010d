package import Foundation

/// A message in the wire format of Protocol Buffers, as far as event files and ONNX models need it.
package struct ProtocolMessage {
  package private(set) var bytes = Data()

  package init() {}

  package mutating func add(_ field: Int, _ value: Double) { add(field, wire: 1, value.bitPattern) }
  package mutating func add(_ field: Int, _ value: Float) { add(field, wire: 5, value.bitPattern) }
  package mutating func add(_ field: Int, _ value: String) { add(field, Data(value.utf8)) }
  package mutating func add(_ field: Int, _ value: ProtocolMessage) { add(field, value.bytes) }

  package mutating func add(_ field: Int, _ value: UInt64) {
    key(field, wire: 0)
    number(value)
  }

  private mutating func add(_ field: Int, wire: Int, _ bits: some FixedWidthInteger) {
    key(field, wire: wire)
    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
  }

  package mutating func add(_ field: Int, _ value: Data) {
    key(field, wire: 2)
    number(UInt64(value.count))
    bytes.append(value)
  }

  private mutating func key(_ field: Int, wire: Int) { number(UInt64(field << 3 | wire)) }

  /// Groups of seven bits, the lowest first, all but the last marked.
  private mutating func number(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
