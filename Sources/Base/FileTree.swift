package import Foundation

/// The files below a folder as relative paths, in no particular order.
///
/// Symbolic links are not followed; ``listing()`` names the folders that cannot be read. Foundation's enumerator reads a whole
/// folder before it returns the first file, and takes three times as long.
package struct FileTree: Sequence {
  private let folder: URL
  private let includesHidden: Bool

  /// With `hidden`, files and folders whose names begin with a dot are included.
  package init(_ folder: URL, hidden: Bool = false) { (self.folder, includesHidden) = (folder, hidden) }

  package func makeIterator() -> Iterator { Iterator(root: folder.path, includesHidden: includesHidden) }

  /// Returns the files, the folders that cannot be read with the reason, and the links to folders; the folder
  /// itself is "".
  package func listing() -> (
    files: [String], unreadable: [(folder: String, reason: String)], linked: [String]
  ) {
    let iterator = makeIterator()
    var files = [String]()
    while let file = iterator.next() { files.append(file) }
    return (files, iterator.unreadable, iterator.linked.sorted())
  }

  package final class Iterator: IteratorProtocol {
    #if canImport(Darwin)
      private typealias Stream = UnsafeMutablePointer<DIR>
    #else
      private typealias Stream = OpaquePointer
    #endif

    private let root: String
    private let includesHidden: Bool
    /// The open folders, innermost last, with their paths relative to the root.
    private var open: [(stream: Stream, prefix: String)] = []
    fileprivate private(set) var unreadable: [(folder: String, reason: String)] = []
    fileprivate private(set) var linked: [String] = []

    fileprivate init(root: String, includesHidden: Bool) {
      (self.root, self.includesHidden) = (root, includesHidden)
      enter("")
    }

    deinit { for folder in open { closedir(folder.stream) } }

    package func next() -> String? {
      while let (stream, prefix) = open.last {
        guard let entry = readdir(stream) else {
          closedir(stream)
          open.removeLast()
          continue
        }
        let name = Self.name(of: entry)
        guard name != ".", name != "..", includesHidden || !name.hasPrefix(".") else { continue }
        let path = prefix + name
        guard isFolder(path, kind: Int(entry.pointee.d_type)) else { return path }
        enter(path + "/")
      }
      return nil
    }

    private func enter(_ prefix: String) {
      if let stream = opendir("\(root)/\(prefix)") {
        open.append((stream, prefix))
      } else {
        unreadable.append((String(prefix.dropLast()), systemError()))
      }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
      withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
    }

    /// Returns true for a folder, also on file systems that do not store the types of entries; keeps links to
    /// folders.
    private func isFolder(_ path: String, kind: Int) -> Bool {
      func mode(followingLinks: Bool) -> mode_t? {
        var status = stat()
        let path = "\(root)/\(path)"
        let result = followingLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 ? status.st_mode & S_IFMT : nil
      }
      let isUnknown = kind == Int(DT_UNKNOWN)
      guard isUnknown ? mode(followingLinks: false) != S_IFLNK : kind != Int(DT_LNK) else {
        if mode(followingLinks: true) == S_IFDIR { linked.append(path) }
        return false
      }
      return isUnknown ? mode(followingLinks: false) == S_IFDIR : kind == Int(DT_DIR)
    }
  }
}
