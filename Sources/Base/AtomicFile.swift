package import Foundation

/// Writes files atomically: under a temporary name that is then renamed.
package enum AtomicFile {
  /// Writes bytes and creates the folder of the file.
  ///
  /// - Throws: A ``Problem`` that names the file or folder, of kind `inputOutput` or `cannotCreate`.
  package static func write(_ data: Data, to url: URL) throws {
    try makeFolder(url.deletingLastPathComponent())
    do {
      try WholeFile.write(data, to: url)
    } catch let error as FileWriteError {
      throw error.problem
    }
  }

  /// Creates a folder unless it exists.
  ///
  /// - Throws: A ``Problem`` of kind `cannotCreate`, or `inputOutput` if the disk is full.
  package static func makeFolder(_ url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw Problem(
        (error as? CocoaError)?.code == .fileWriteOutOfSpace ? .inputOutput : .cannotCreate,
        "the folder cannot be created: \(error.systemReason)", at: url.path,
        advice: "check that its parent is a writable folder and that the disk has free space",
        systemCode: error.systemCode)
    }
  }

  /// Deletes a file if there is one.
  ///
  /// - Throws: A ``Problem`` of kind `cannotCreate` that names the file.
  package static func remove(_ url: URL) throws {
    do {
      try FileManager.default.removeItem(at: url)
    } catch let error as CocoaError where error.code == .fileNoSuchFile {
      return
    } catch {
      throw Problem(
        .cannotCreate, "an old file cannot be deleted: \(error.systemReason)", at: url.path,
        advice: "check the rights of its folder")
    }
  }

  /// Writes text as UTF-8.
  package static func write(_ text: String, to url: URL) throws { try write(Data(text.utf8), to: url) }

  /// Writes JSON with sorted keys, so that equal values give equal bytes.
  package static func write(json value: some Encodable, to url: URL) throws {
    try write(encoded(value), to: url)
  }

  /// Writes the bytes unless the file already contains them.
  package static func writeIfChanged(_ data: Data, at url: URL) throws {
    if (try? Data(contentsOf: url)) != data { try write(data, to: url) }
  }

  /// Creates the file unless it exists and returns its contents. If several processes try, one of them creates it.
  package static func createOnce(_ data: Data, at url: URL) throws -> Data {
    if let existing = try? Data(contentsOf: url) { return existing }
    let temporary = url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString)")
    try write(data, to: temporary)
    defer { try? FileManager.default.removeItem(at: temporary) }
    // A hard link, unlike a rename, never replaces a file.
    try? FileManager.default.linkItem(at: temporary, to: url)
    if let existing = try? Data(contentsOf: url) { return existing }
    // The file system does not support hard links.
    try write(data, to: url)
    return data
  }

  /// Returns the JSON that ``write(json:to:)`` writes.
  package static func encoded(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }
}
