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

  /// Returns the files, and the folders that cannot be read with the reason; the folder itself is "".
  package func listing() -> (files: [String], unreadable: [(folder: String, reason: String)]) {
    let iterator = makeIterator()
    var files = [String]()
    while let file = iterator.next() { files.append(file) }
    return (files, iterator.unreadable)
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

    /// Returns true for a folder, also on file systems that do not store the types of entries.
    private func isFolder(_ path: String, kind: Int) -> Bool {
      guard kind == Int(DT_UNKNOWN) else { return kind == Int(DT_DIR) }
      var status = stat()
      return lstat("\(root)/\(path)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
  }
}
