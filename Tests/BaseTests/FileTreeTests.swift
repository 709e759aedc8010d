import _TestSupport
import Base
import Foundation
import Testing

@Suite struct FileTreeTests {
  /// Lists a tree with a hidden folder and links to a file, to a folder and to nothing.
  private func paths(hidden: Bool) throws -> [String] {
    try withTemporaryFolder { folder in
      let manager = FileManager.default
      for path in ["b", "a/c", "a/d/e", ".f", ".g/h", "a/.i"] {
        let file = folder.appendingPathComponent(path)
        try manager.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: file)
      }
      try manager.createDirectory(
        at: folder.appendingPathComponent("empty"), withIntermediateDirectories: true)
      for (link, path) in [("to-b", "b"), ("to-a", "a"), ("to-nothing", "nothing"), ("a/up", "..")] {
        try manager.createSymbolicLink(
          atPath: folder.appendingPathComponent(link).path, withDestinationPath: path)
      }
      return FileTree(folder, hidden: hidden).sorted()
    }
  }

  @Test func everyFileIsListedOnceAndLinksAreNotFollowed() throws {
    #expect(try paths(hidden: false) == ["a/c", "a/d/e", "a/up", "b", "to-a", "to-b", "to-nothing"])
  }

  @Test func hiddenFilesAreIncludedOnRequest() throws {
    #expect(
      try paths(hidden: true) == [
        ".f", ".g/h", "a/.i", "a/c", "a/d/e", "a/up", "b", "to-a", "to-b", "to-nothing",
      ])
  }

  @Test func aMissingFolderIsEmpty() {
    #expect(Array(FileTree(URL(filePath: "/no/such/folder"))).isEmpty)
  }

  @Test func aFolderThatCannotBeReadIsNamedWithTheReason() throws {
    let unreadable = FileTree(URL(filePath: "/no/such/folder")).listing().unreadable
    #expect(unreadable.map(\.folder) == [""] && unreadable[0].reason == "No such file or directory")
  }

  @Test func linksToFoldersAreNamed() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("", to: folder.appendingPathComponent("a/b"))
      for (link, path) in [("to-a", "a"), ("to-b", "a/b"), ("a/up", ".."), ("to-nothing", "nothing")] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.appendingPathComponent(link).path, withDestinationPath: path)
      }
      #expect(FileTree(folder).listing().linked == ["a/up", "to-a"])
    }
  }

  @Test func aWalkThatEndsEarlyClosesItsFolders() throws {
    try withTemporaryFolder { folder in
      let deep = folder.appendingPathComponent("a/b/c")
      try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
      try Data().write(to: deep.appendingPathComponent("d"))
      func first() -> String? { FileTree(folder).first { _ in true } }
      for _ in 0..<8000 { #expect(first() == "a/b/c/d") }
    }
  }
}
