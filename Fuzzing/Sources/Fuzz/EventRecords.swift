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
    let parts = fields(message)
    var event = Event(step: parts[2]?.first.map(integer) ?? 0)
    for scalar in (parts[5] ?? []).flatMap({ fields($0)[1] ?? [] }).map(fields) {
      guard let tag = scalar[1]?.first, let value = scalar[2]?.first else {
        preconditionFailure("a scalar without name or value")
      }
      event.scalars[String(decoding: tag, as: UTF8.self)] = Float(bitPattern: UInt32(integer(value)))
    }
    return event
  }

  /// The bytes of the fields of a message of Protocol Buffers by number; an integer of any width as eight bytes.
  private static func fields(_ message: Data) -> [Int: [Data]] {
    var rest = message, fields: [Int: [Data]] = [:]
    while !rest.isEmpty {
      let key = number(&rest)
      let value =
        switch key & 7 {
        case 0: withUnsafeBytes(of: number(&rest).littleEndian) { Data($0) }
        case 1: take(8, &rest)
        case 2: take(Int(number(&rest)), &rest)
        case 5: take(4, &rest)
        default: preconditionFailure("a wire type that Norma does not write")
        }
      fields[Int(key >> 3), default: []].append(value)
    }
    return fields
  }

  /// Seven bits a byte, the lowest first, all but the last marked.
  private static func number(_ rest: inout Data) -> UInt64 {
    let bytes = take((rest.firstIndex { $0 < 0x80 } ?? rest.endIndex) - rest.startIndex + 1, &rest)
    return bytes.reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
  }

  private static func take(_ count: Int, _ rest: inout Data) -> Data {
    precondition(count <= rest.count)
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// The lowest byte first.
  private static func integer(_ bytes: Data) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

  /// What a byte does to a CRC-32C.
  private static let steps = (0..<256).map { (byte: UInt32) in
    (0..<8).reduce(byte) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0x82F6_3B78 : 0) }
  }

  /// CRC-32C, rotated and shifted as TFRecords want it.
  private static func checksum(_ data: Data) -> UInt32 {
    var sum = UInt32.max
    for byte in data { sum = sum >> 8 ^ steps[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    return (~sum >> 15 | ~sum << 17) &+ 0xA282_EAD8
  }
}
