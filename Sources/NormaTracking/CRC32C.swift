import Foundation

/// The checksum of TFRecords: CRC-32C, masked by a rotation and a summand.
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
