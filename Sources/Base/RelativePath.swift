package import Foundation

extension URL {
  /// The way from `folder` to this file, with `..` where it lies elsewhere.
  package func path(relativeTo folder: URL) -> String {
    let here = folder.standardizedFileURL.pathComponents, there = standardizedFileURL.pathComponents
    let shared = zip(here, there).prefix { $0 == $1 }.count
    return ([String](repeating: "..", count: here.count - shared) + there[shared...]).joined(separator: "/")
  }
}
