package import Foundation

/// Writes a file whole or not at all.
package enum WholeFile {
  /// Writes the bytes; throws a ``FileWriteError``.
  package static func write(_ data: Data, to url: URL) throws {
    try write(to: url) { file in
      do {
        try file.write(contentsOf: data)
      } catch {
        throw FileWriteError(path: url.path, reason: error.systemReason)
      }
    }
  }

  /// Gives `body` a new file beside `url`, then flushes it to disk and renames it into place; on failure removes it and
  /// throws what `body` threw, or a ``FileWriteError``.
  package static func write(to url: URL, _ body: (FileHandle) throws -> Void) throws {
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString)").path
    func fail() -> FileWriteError { FileWriteError(path: url.path, reason: systemError()) }

    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    guard descriptor >= 0 else { throw fail() }
    do {
      defer { close(descriptor) }
      try body(FileHandle(fileDescriptor: descriptor))
      guard fsync(descriptor) == 0 else { throw fail() }
      guard rename(temporary, url.path) == 0 else { throw fail() }
    } catch {
      unlink(temporary)
      throw error
    }
    flushNames(in: folder)
  }

  /// Lets new names in a folder outlast a power cut, where the file system can flush a folder.
  package static func flushNames(in folder: URL) {
    let descriptor = open(folder.path, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes what killed writers left anywhere below a folder; only where nobody writes any more.
  package static func removeRemnants(below folder: URL) {
    for path in FileTree(folder, hidden: true) {
      let file = folder.appendingPathComponent(path)
      if isRemnant(file.lastPathComponent) { unlink(file.path) }
    }
  }

  /// Whether a file is named as one that is being written: `.name.UUID`.
  private static func isRemnant(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 2 && parts[0].isEmpty && UUID(uuidString: String(parts[parts.count - 1])) != nil
  }
}

/// A file that could not be written; nothing was left at the path.
package struct FileWriteError: Error, Equatable {
  package let path: String
  /// What the system said.
  package let reason: String
}

extension FileWriteError: ProblemReport {
  /// The three lines of a file that cannot be written.
  package var problem: Problem {
    Problem(
      .inputOutput, "the file cannot be written: \(reason)", at: path,
      advice: "check that the folder is there, can be written to and has room")
  }
}
