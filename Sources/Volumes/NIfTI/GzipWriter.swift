import CImageIO
import Base
import Foundation

/// A writer of plain bytes, or of gzip without name and time, to a file descriptor.
final class GzipWriter {
  private let path: String
  private var stream: gzFile?

  /// `level` is 1 (fast) to 9 (small), or nil for no compression; the descriptor stays open.
  init(_ descriptor: Int32, path: String, level: Int?) throws {
    self.path = path
    let copy = dup(descriptor)
    stream = copy < 0 ? nil : gzdopen(copy, level.map { "wb\($0)" } ?? "wbT")
    guard stream != nil else {
      let error = VolumeError(writing: path, systemCode: errno)
      if copy >= 0 { close(copy) }
      throw error
    }
    gzbuffer(stream, 1 << 18)
  }

  deinit { if let stream { gzclose_w(stream) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      guard gzwrite(stream, part.baseAddress, UInt32(part.count)) == part.count else {
        let (reason, systemCode) = streamError(stream)
        throw VolumeError(.writeFailed(reason: reason), path: path, systemCode: systemCode)
      }
      rest = rest.dropFirst(part.count)
    }
  }

  /// Writes the buffered bytes and the trailer.
  func finish() throws {
    let status = gzclose_w(stream)
    stream = nil
    guard status == Z_OK else { throw VolumeError(writing: path, systemCode: errno) }
  }
}
