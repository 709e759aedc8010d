package import Foundation

/// Writes files completely or not at all.
package enum WholeFile {
  /// Writes bytes.
  ///
  /// - Throws: ``FileWriteError``.
  package static func write(_ data: Data, to url: URL) throws {
    try write(to: url) { file in
      do {
        try file.write(contentsOf: data)
      } catch {
        throw FileWriteError(path: url.path, reason: error.systemReason, systemCode: error.systemCode)
      }
    }
  }

  /// Lets `body` write a temporary file beside `url`, flushes it to disk and renames it. On failure, removes
  /// it.
  ///
  /// - Throws: The error of `body`, or ``FileWriteError``.
  package static func write(to url: URL, _ body: (FileHandle) throws -> Void) throws {
    let folder = url.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString)").path
    func fail() -> FileWriteError { FileWriteError(path: url.path, systemCode: errno) }

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

  /// Flushes a folder, so that new names in it survive a power cut, if the file system supports this.
  package static func flushNames(in folder: URL) {
    let descriptor = open(folder.path, O_RDONLY)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Removes the temporary files that killed processes left below a folder. No process may be writing there.
  package static func removeRemnants(below folder: URL) {
    for path in FileTree(folder, hidden: true) {
      let file = folder.appendingPathComponent(path)
      if isRemnant(file.lastPathComponent) { unlink(file.path) }
    }
  }

  /// Returns true for the name of a temporary file, `.name.UUID`.
  private static func isRemnant(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 2 && parts[0].isEmpty && UUID(uuidString: String(parts[parts.count - 1])) != nil
  }
}

/// A failure to write a file; no partial file is left.
package struct FileWriteError: Error, Equatable {
  package let path: String
  /// The message of the operating system.
  package let reason: String
  /// The `errno` of the failed call; nil for any other failure.
  package let systemCode: Int32?
}

extension FileWriteError {
  init(path: String, systemCode: Int32) {
    self.init(path: path, reason: systemMessage(systemCode), systemCode: systemCode)
  }
}

extension FileWriteError: ProblemReport {
  /// The message and the exit code.
  package var problem: Problem {
    Problem(
      .inputOutput, "the file cannot be written: \(reason)", at: path,
      advice: "check that the folder exists and is writable, and that the disk has free space",
      systemCode: systemCode)
  }
}
