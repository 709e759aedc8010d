import Foundation

/// A message in the wire format of Protocol Buffers, as far as scalars in event files need it.
struct ProtocolMessage {
  private(set) var bytes = Data()

  mutating func add(_ field: Int, _ value: Double) { add(field, wire: 1, value.bitPattern) }
  mutating func add(_ field: Int, _ value: Float) { add(field, wire: 5, value.bitPattern) }
  mutating func add(_ field: Int, _ value: String) { add(field, Data(value.utf8)) }
  mutating func add(_ field: Int, _ value: ProtocolMessage) { add(field, value.bytes) }

  mutating func add(_ field: Int, _ value: UInt64) {
    key(field, wire: 0)
    number(value)
  }

  private mutating func add(_ field: Int, wire: Int, _ bits: some FixedWidthInteger) {
    key(field, wire: wire)
    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func add(_ field: Int, _ value: Data) {
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

/// The checksum of TFRecords: CRC-32 with Castagnoli's polynomial, rotated and shifted.
enum CRC32C {
  private static let table = (0..<256).map { (index: UInt32) -> UInt32 in
    var sum = index
    for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
    return sum
  }

  static func checksum(_ data: Data) -> UInt32 {
    var sum = UInt32.max
    for byte in data { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
    return ~sum
  }

  static func masked(_ data: Data) -> UInt32 {
    let sum = checksum(data)
    return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
  }
}
