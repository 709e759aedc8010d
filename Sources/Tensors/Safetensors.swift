import Base
public import Foundation

/// Files of named tensors in the safetensors format: a length, a JSON header and the elements.
///
/// Every claim of the header is checked against the file before memory is allocated.
public enum Safetensors {
  /// The header's entry of one tensor.
  public struct Entry: Equatable, Sendable {
    /// The type of the elements.
    public let dtype: DType
    /// The size of each dimension.
    public let shape: [Int]
    /// The range of the elements in bytes after the header.
    public let range: Range<Int>
  }

  /// The header of a file.
  public struct Header: Equatable, Sendable {
    /// The tensors by name.
    public let entries: [String: Entry]
    /// The metadata strings.
    public let metadata: [String: String]
  }

  /// Reads only the header.
  ///
  /// - Throws: `SafetensorsError` if it is invalid or disagrees with the file's size.
  public static func readHeader(_ url: URL) throws(SafetensorsError) -> Header {
    try SafetensorsHeader.parse(map(url), url).header
  }

  /// Reads all tensors to the CPU.
  ///
  /// - Throws: `SafetensorsError` if the file is missing or invalid.
  public static func read(
    _ url: URL
  ) throws(SafetensorsError) -> (tensors: [String: Tensor], metadata: [String: String]) {
    let data = try map(url)
    let (header, start) = try SafetensorsHeader.parse(data, url)
    var tensors: [String: Tensor] = [:]
    for (name, entry) in header.entries {
      do {
        tensors[name] = try data.withUnsafeBytes { bytes in
          let elements = bytes[(start + entry.range.lowerBound)..<(start + entry.range.upperBound)]
          return try Tensor(
            bytes: UnsafeRawBufferPointer(rebasing: elements), dtype: entry.dtype, shape: entry.shape)
        }
      } catch {
        throw SafetensorsError(url, "tensor \(name): \(error)")
      }
    }
    return (tensors, header.metadata)
  }

  /// Writes tensors of any device, sorted by name, so that equal contents give equal bytes. The file is
  /// replaced atomically.
  ///
  /// - Throws: `SafetensorsError` if it cannot be written.
  public static func write(
    _ tensors: [String: Tensor], metadata: [String: String] = [:], to url: URL
  ) throws(SafetensorsError) {
    func failure(_ reason: String) -> SafetensorsError {
      SafetensorsError(url, "cannot be written: \(reason)", isWriting: true)
    }
    do {
      let named = tensors.sorted { $0.key < $1.key }
      let header = try SafetensorsHeader.encode(named, metadata)
      try WholeFile.write(to: url) { file in
        try file.write(contentsOf: header)
        for (_, tensor) in named { try file.write(contentsOf: Data(tensor.bytes())) }
      }
    } catch let error as TensorError {
      throw failure("\(error)")
    } catch let error as FileWriteError {
      throw failure(error.reason)
    } catch {
      throw failure(error.systemReason)
    }
  }

  private static func map(_ url: URL) throws(SafetensorsError) -> Data {
    do {
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw SafetensorsError(url, "cannot be read: \(error.systemReason)", isSystem: true)
    }
  }
}

/// A safetensors file that is invalid or cannot be read or written.
public struct SafetensorsError: Error, Equatable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The reason.
  public let reason: String
  /// Whether writing failed.
  public let isWriting: Bool
  /// Whether the system refused to read the file; otherwise the content is invalid.
  public let isSystem: Bool

  init(_ url: URL, _ reason: String, isWriting: Bool = false, isSystem: Bool = false) {
    (path, self.reason, self.isWriting, self.isSystem) = (url.path, reason, isWriting, isSystem)
  }

  /// The file and the reason, in one line.
  public var description: String { "\(path): \(reason)" }
}
