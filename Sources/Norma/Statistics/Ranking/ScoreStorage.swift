import Base
import Foundation

/// The storage of the bytes of a run.
enum ScoreStorage {
  case memory([UInt8])
  case file(ScratchFile, offset: Int, count: Int)

  var byteCount: Int {
    switch self {
    case .memory(let bytes): bytes.count
    case .file(_, _, let count): count
    }
  }

  /// The bytes from an offset on: at most `count` of a file, all of those in memory.
  func bytes(from offset: Int, count: Int) throws -> [UInt8] {
    switch self {
    case .memory(let bytes): bytes
    case .file(let file, let start, let length):
      try file.read(from: start + offset, count: min(count, length - offset))
    }
  }
}

/// A temporary file without a name, which the system deletes when it is closed, even by a crash.
final class ScratchFile {
  private let handle: FileHandle
  private let folder: URL
  private var length = 0

  /// Makes the file in `folder`; throws a ``Problem`` if it cannot be made.
  init(in folder: URL) throws {
    let url = folder.appendingPathComponent("norma-scores-\(UUID().uuidString)")
    try AtomicFile.write(Data(), to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    self.folder = folder
    do {
      handle = try FileHandle(forUpdating: url)
    } catch {
      throw Self.problem("opened", error, folder)
    }
  }

  /// Appends bytes and returns their offset; throws a ``Problem`` if they cannot be written.
  func append(_ bytes: [UInt8]) throws -> Int {
    do {
      try handle.seek(toOffset: UInt64(length))
      try handle.write(contentsOf: Data(bytes))
    } catch {
      throw Self.problem("written", error, folder)
    }
    defer { length += bytes.count }
    return length
  }

  func read(from offset: Int, count: Int) throws -> [UInt8] {
    do {
      try handle.seek(toOffset: UInt64(offset))
      let data = try handle.read(upToCount: count) ?? Data()
      guard data.count == count else { throw CocoaError(.fileReadCorruptFile) }
      return [UInt8](data)
    } catch {
      throw Self.problem("read", error, folder)
    }
  }

  private static func problem(_ verb: String, _ error: any Error, _ folder: URL) -> Problem {
    Problem(
      .inputOutput, "the scratch file of the scores cannot be \(verb): \(error.systemReason)",
      at: folder.path, advice: "make room there, or set TMPDIR to a folder with room")
  }
}
