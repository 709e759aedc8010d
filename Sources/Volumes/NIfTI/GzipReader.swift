import CImageIO
import Base
import Foundation

/// A forward reader of plain and gzip files.
final class GzipReader {
  /// The maximum expansion of one byte by deflate.
  private static let maximumInflation = 1032

  let path: String
  private(set) var byteCountRead = 0
  private let storedByteCount: Int
  private let stream: gzFile

  init(_ url: URL, bufferSize: UInt32) throws {
    path = url.path
    var attributes = stat()
    guard stat(path, &attributes) == 0 else {
      throw VolumeError(errno == ENOENT ? .notFound : .unreadable(reason: systemError()), path: path)
    }
    guard attributes.st_mode & S_IFMT == S_IFREG else {
      throw VolumeError(.unreadable(reason: "it is not a regular file"), path: path)
    }
    guard let stream = gzopen(path, "rb") else {
      throw VolumeError(.unreadable(reason: systemError()), path: path)
    }
    gzbuffer(stream, bufferSize)
    self.stream = stream
    storedByteCount = Int(attributes.st_size)
  }

  deinit { gzclose_r(stream) }

  /// Throws if the file cannot contain `count` uncompressed bytes.
  func requireRoom(for count: Int) throws {
    if gzdirect(stream) == 1 {
      guard storedByteCount >= count else {
        throw VolumeError(.truncated(expected: count, actual: storedByteCount), path: path)
      }
    } else {
      let limit = storedByteCount * Self.maximumInflation
      guard limit >= count else {
        throw VolumeError(
          .tooLarge(
            claimed: "\(count) bytes",
            limit: "\(limit) bytes from a compressed file of \(storedByteCount) bytes"),
          path: path)
      }
    }
  }

  /// Fills the buffer, or less at the end of the file; returns the number of bytes read.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = gzread(stream, buffer.baseAddress, UInt32(buffer.count))
    guard count >= 0 else { throw failure() }
    byteCountRead += Int(count)
    return Int(count)
  }

  /// Reads at most `count` bytes.
  func read(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = try read(into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Skips to an offset in the uncompressed file.
  func skip(to offset: Int) throws {
    while byteCountRead < offset {
      guard try !read(min(offset - byteCountRead, 1 << 16)).isEmpty else {
        throw VolumeError(.truncated(expected: offset, actual: byteCountRead), path: path)
      }
    }
  }

  /// Reads past the last byte, so that zlib checks length and checksum.
  func verifyEnd() throws {
    guard try read(1).isEmpty else { return }
    var code: Int32 = 0
    _ = gzerror(stream, &code)
    guard code == Z_OK else { throw failure() }
  }

  private func failure() -> VolumeError {
    let (reason, systemCode) = streamError(stream)
    return VolumeError(
      systemCode == nil ? .damaged(reason: reason) : .unreadable(reason: reason), path: path,
      systemCode: systemCode)
  }
}
