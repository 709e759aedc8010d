import Foundation

/// Writes a file whole or not at all.
enum AtomicFile {
  /// Gives `body` the descriptor of a new file beside `url`, then flushes it to disk and renames it into place;
  /// on failure removes it and throws.
  static func write(to url: URL, _ body: (Int32) throws -> Void) throws {
    let temporary = url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString)").path
    func fail() -> VolumeError { VolumeError(.writeFailed(reason: systemError()), path: url.path) }

    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    guard descriptor >= 0 else { throw fail() }
    do {
      defer { close(descriptor) }
      try body(descriptor)
      guard fsync(descriptor) == 0 else { throw fail() }
      guard rename(temporary, url.path) == 0 else { throw fail() }
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
