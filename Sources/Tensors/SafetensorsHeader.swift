internal import Foundation

/// Parser and writer of the JSON header of a safetensors file.
enum SafetensorsHeader {
  /// The limit of the format.
  private static let longest = 100_000_000
  private static let metadataKey = "__metadata__"
  private static let lengthBytes = 8

  private struct File: Codable {
    struct Entry: Codable {
      let dtype: String
      let shape: [Int]
      let dataOffsets: [Int]

      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case dataOffsets = "data_offsets"
      }
    }

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == metadataKey {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      if !metadata.isEmpty { try container.encode(metadata, forKey: Key(stringValue: metadataKey)) }
      for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
    }
  }

  /// The header of a file and the offset of its elements.
  static func parse(
    _ data: Data, _ url: URL
  ) throws(SafetensorsError) -> (header: Safetensors.Header, start: Int) {
    guard data.count >= lengthBytes else {
      throw SafetensorsError(url, "\(data.count) bytes are too few for a safetensors file")
    }
    let length = data.prefix(lengthBytes).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= longest, Int(length) <= data.count - lengthBytes else {
      throw SafetensorsError(url, "the header claims \(length) bytes, the file has \(data.count)")
    }
    let start = lengthBytes + Int(length)
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: data[lengthBytes..<start])
    } catch {
      throw SafetensorsError(url, "the header is not a valid JSON object")
    }
    var entries: [String: Safetensors.Entry] = [:]
    for (name, stored) in file.entries {
      do {
        entries[name] = try entry(stored)
      } catch {
        throw SafetensorsError(url, "tensor \(name): \(error.text)")
      }
    }
    try requireCover(entries, byteCount: data.count - start, url)
    return (Safetensors.Header(entries: entries, metadata: file.metadata), start)
  }

  /// The length and the header of a file with these tensors in this order.
  static func encode(_ tensors: [(key: String, value: Tensor)], _ metadata: [String: String]) throws -> Data {
    var file = File()
    file.metadata = metadata
    var offset = 0
    for (name, tensor) in tensors {
      precondition(name != metadataKey, "the format reserves this name")
      let end = offset + tensor.byteCount
      file.entries[name] = File.Entry(
        dtype: tensor.dtype.nameInFile, shape: tensor.shape, dataOffsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(file)
    let padding = (lengthBytes - json.count % lengthBytes) % lengthBytes
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    let length = (0..<lengthBytes).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
    return Data(length) + json
  }

  private struct Problem: Error { let text: String }

  private static func entry(_ stored: File.Entry) throws(Problem) -> Safetensors.Entry {
    guard let dtype = DType.allCases.first(where: { $0.nameInFile == stored.dtype }) else {
      throw Problem(text: "element type \(stored.dtype) is not supported")
    }
    var byteCount = dtype.byteCount
    for size in stored.shape {
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: max(size, 1))
      guard size >= 0, !overflows else { throw Problem(text: "shape \(stored.shape) is invalid") }
      byteCount = product
    }
    if stored.shape.contains(0) { byteCount = 0 }
    let offsets = stored.dataOffsets
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw Problem(text: "offsets \(offsets) are not a range")
    }
    guard offsets[1] - offsets[0] == byteCount else {
      throw Problem(text: "shape \(stored.shape) of \(stored.dtype) does not fill offsets \(offsets)")
    }
    return Safetensors.Entry(dtype: dtype, shape: stored.shape, range: offsets[0]..<offsets[1])
  }

  /// Throws for overlaps, gaps and elements beyond the end of the file, which the format forbids.
  private static func requireCover(
    _ entries: [String: Safetensors.Entry], byteCount: Int, _ url: URL
  ) throws(SafetensorsError) {
    var end = 0
    let ranges = entries.map { (name: $0.key, range: $0.value.range) }
    let inOrder = ranges.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for (name, range) in inOrder {
      guard range.lowerBound == end else {
        throw SafetensorsError(url, "tensor \(name) starts at byte \(range.lowerBound), not \(end)")
      }
      end = range.upperBound
    }
    guard end == byteCount else {
      throw SafetensorsError(url, "the tensors need \(end) bytes, the file holds \(byteCount)")
    }
  }
}

extension DType {
  /// The format's name of this type.
  fileprivate var nameInFile: String {
    switch self {
    case .float32: "F32"
    case .float64: "F64"
    case .bfloat16: "BF16"
    case .float16: "F16"
    case .int64: "I64"
    case .int32: "I32"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }
}
