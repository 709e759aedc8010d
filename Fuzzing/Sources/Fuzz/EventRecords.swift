import Foundation

/// The scalars of an event file, read without what wrote it. Anything that is not as TensorBoard wants it ends the process.
struct EventRecords {
  struct Event {
    var step: UInt64 = 0
    var scalars: [String: Float] = [:]
  }

  private(set) var events: [Event] = []

  /// TFRecords: the length of the message, its checksum, the message, its checksum.
  init(_ data: Data) {
    var rest = data
    while !rest.isEmpty {
      let length = Self.take(8, &rest), sum = Self.take(4, &rest)
      precondition(Self.integer(sum) == UInt64(Self.checksum(length)))
      let message = Self.take(Int(Self.integer(length)), &rest)
      precondition(Self.integer(Self.take(4, &rest)) == UInt64(Self.checksum(message)))
      events.append(Self.event(message))
    }
  }

  private static func event(_ message: Data) -> Event {
    var event = Event()
    for (field, value) in fields(message) {
      if field == 2 { event.step = integer(value) }
      if field == 5 {
        for (_, scalar) in fields(value) {
          let parts = Dictionary(uniqueKeysWithValues: fields(scalar))
          event.scalars[String(decoding: parts[1]!, as: UTF8.self)] = Float(
            bitPattern: UInt32(integer(parts[2]!)))
        }
      }
    }
    return event
  }

  /// The fields of a message of Protocol Buffers with their bytes; numbers of any width as eight bytes or four.
  private static func fields(_ message: Data) -> [(Int, Data)] {
    var rest = message, fields: [(Int, Data)] = []
    while !rest.isEmpty {
      let key = number(&rest)
      let value =
        switch key & 7 {
        case 0: withUnsafeBytes(of: number(&rest).littleEndian) { Data($0) }
        case 1: take(8, &rest)
        case 2: take(Int(number(&rest)), &rest)
        case 5: take(4, &rest)
        default: preconditionFailure("a wire type that nobody writes")
        }
      fields.append((Int(key >> 3), value))
    }
    return fields
  }

  private static func number(_ rest: inout Data) -> UInt64 {
    var value: UInt64 = 0, shift: UInt64 = 0
    while true {
      let byte = take(1, &rest).first!
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  private static func take(_ count: Int, _ rest: inout Data) -> Data {
    precondition(count <= rest.count)
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// The lowest byte first.
  private static func integer(_ bytes: Data) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  /// CRC-32C bit by bit, rotated and shifted as TFRecords want it.
  private static func checksum(_ data: Data) -> UInt32 {
    var sum = UInt32.max
    for byte in data {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return (~sum >> 15 | ~sum << 17) &+ 0xA282_EAD8
  }
}
