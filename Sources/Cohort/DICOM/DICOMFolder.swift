import Base
package import Foundation

/// A folder with DICOM files, at any depth and with any names, and without NIfTI files.
package struct DICOMFolder: Sendable {
  package let url: URL
  /// The files below it, as relative paths in order.
  private let files: [String]

  /// Returns nil for anything else.
  ///
  /// - Parameters:
  ///   - url: A file or folder.
  ///   - output: A folder whose files are not looked at, because Norma writes there.
  package init?(_ url: URL, without output: URL? = nil) {
    self.url = url.standardizedFileURL
    let excluded = output.map { $0.standardizedFileURL.path + "/" }
    let root = self.url
    files = FileTree(root).listing().files.filter { file in
      excluded.map { !root.appendingPathComponent(file).path.hasPrefix($0) } ?? true
    }.sorted()
    let isNIfTI = files.contains { name in [".nii", ".nii.gz"].contains(where: name.lowercased().hasSuffix) }
    guard !isNIfTI, files.prefix(1000).contains(where: { Self.isDICOM(root.appendingPathComponent($0)) })
    else { return nil }
  }

  /// Whether a file is DICOM by the magic number after its preamble, or by its extension.
  static func isDICOM(_ file: URL) -> Bool {
    // Opening a pipe would wait for a writer.
    guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else {
      return false
    }
    if ["dcm", "ima"].contains(file.pathExtension.lowercased()) { return true }
    guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 132))?.dropFirst(128) == Data("DICM".utf8)
  }

  /// A digest of the names, sizes and dates of the files.
  var digest: String {
    Digest.of(
      Data(
        files.map { file in
          var status = stat()
          guard stat(url.appendingPathComponent(file).path, &status) == 0 else { return file }
          #if canImport(Darwin)
            let changed = status.st_mtimespec
          #else
            let changed = status.st_mtim
          #endif
          return "\(file)\t\(status.st_size)\t\(changed.tv_sec).\(changed.tv_nsec)"
        }.joined(separator: "\n").utf8))
  }
}
