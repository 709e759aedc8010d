package import Foundation

extension URL {
  /// Returns the path of this file relative to `folder`, with `..` where necessary.
  package func path(relativeTo folder: URL) -> String {
    let base = folder.standardizedFileURL.pathComponents, target = standardizedFileURL.pathComponents
    let shared = zip(base, target).prefix { $0 == $1 }.count
    return ([String](repeating: "..", count: base.count - shared) + target[shared...]).joined(separator: "/")
  }
}
