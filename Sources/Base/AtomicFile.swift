package import Foundation

/// Whole files or none: written beside their place and renamed.
package enum AtomicFile {
  /// Writes the bytes; throws a ``Problem`` that names the file.
  package static func write(_ data: Data, to url: URL) throws {
    try makeFolder(url.deletingLastPathComponent())
    do {
      try WholeFile.write(data, to: url)
    } catch let error as FileWriteError {
      throw error.problem
    }
  }

  /// Makes a folder where there is none; throws a ``Problem`` that names it.
  package static func makeFolder(_ url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw Problem(
        (error as? CocoaError)?.code == .fileWriteOutOfSpace ? .inputOutput : .cannotCreate,
        "the folder cannot be made: \(error.systemReason)", at: url.path,
        advice: "check that its parent is a folder that can be written to and the disk has room")
    }
  }

  /// Deletes a file if there is one; throws a ``Problem`` that names it.
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

  /// Writes JSON with sorted keys, so that equal values are equal bytes.
  package static func write(json value: some Encodable, to url: URL) throws {
    try write(encoded(value), to: url)
  }

  /// Writes the bytes unless the file holds them already.
  package static func writeIfChanged(_ data: Data, at url: URL) throws {
    if (try? Data(contentsOf: url)) != data { try write(data, to: url) }
  }

  /// Writes the bytes unless there is such a file, and gives what the file holds: of several processes one wins.
  package static func createOnce(_ data: Data, at url: URL) throws -> Data {
    if let there = try? Data(contentsOf: url) { return there }
    let own = url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString)")
    try write(data, to: own)
    defer { try? FileManager.default.removeItem(at: own) }
    // A link, unlike a renamed file, replaces nothing.
    try? FileManager.default.linkItem(at: own, to: url)
    if let there = try? Data(contentsOf: url) { return there }
    // A file system without links.
    try write(data, to: url)
    return data
  }

  /// JSON as ``write(json:to:)`` writes it.
  package static func encoded(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value) + Data("\n".utf8)
  }
}
