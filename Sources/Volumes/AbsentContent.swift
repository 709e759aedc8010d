import Foundation

/// Files that are there by name only: links to nothing, and the placeholders of git-annex (DataLad) and Git LFS.
enum AbsentContent {
  /// Returns why a file has no content here; nil for any other file.
  static func kind(of url: URL) -> VolumeError.Kind? {
    var status = stat()
    guard stat(url.path, &status) == 0 else {
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: url.path) else {
        return nil
      }
      return target.contains("annex/objects/") ? annex(url) : .brokenLink(target: target)
    }
    guard status.st_size <= largestPlaceholder, status.st_mode & S_IFMT == S_IFREG,
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { return nil }
    if text.hasPrefix("/annex/objects/") { return annex(url) }
    guard text.hasPrefix("version https://git-lfs.github.com/") else { return nil }
    return .contentElsewhere(program: "Git LFS", command: "git lfs pull")
  }

  /// Bytes; Git LFS allows 1024.
  private static let largestPlaceholder = 1024

  private static func annex(_ url: URL) -> VolumeError.Kind {
    .contentElsewhere(program: "git-annex", command: "datalad get '\(url.path)'")
  }
}
