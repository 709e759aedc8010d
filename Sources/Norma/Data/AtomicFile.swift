package import Foundation

/// Whole files or none: written beside their place and renamed.
package enum AtomicFile {
  /// Writes the bytes; throws a ``Problem`` that names the file.
  package static func write(_ data: Data, to url: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url, options: .atomic)
    } catch {
      throw Problem(
        FileManager.default.fileExists(atPath: url.deletingLastPathComponent().path)
          ? .inputOutput : .cannotCreate,
        "the file cannot be written: \(reason(error))", at: url.path,
        advice: "check that the folder can be written to and the disk has room")
    }
  }

  /// Writes text as UTF-8.
  package static func write(_ text: String, to url: URL) throws { try write(Data(text.utf8), to: url) }

  /// Writes JSON with sorted keys, so that equal values are equal bytes.
  package static func write(json value: some Encodable, to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(try encoder.encode(value) + Data("\n".utf8), to: url)
  }

  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return (underlying ?? error as NSError).localizedDescription
  }
}
