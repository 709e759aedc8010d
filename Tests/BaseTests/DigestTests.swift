import Base
import Foundation
import Testing
import _TestSupport

@Suite struct DigestTests {
  @Test func aFileHasTheDigestOfItsBytes() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("abc")
      try Data("abc".utf8).write(to: file)
      // The first example of FIPS 180-2.
      let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      #expect(try Digest.of(file: file) == expected && Digest.of(Data("abc".utf8)) == expected)
    }
  }

  @Test(arguments: [
    ("missing", "No such file or directory"), ("folder", "it is not a regular file"),
    ("pipe", "it is not a regular file"),
  ])
  func whatIsNotAFileIsRefusedAtOnce(name: String, reason: String) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent(name)
      if name == "folder" {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      }
      if name == "pipe" { mkfifo(url.path, 0o600) }
      let problem = #expect(throws: Problem.self) { try Digest.of(file: url) }
      #expect(problem?.kind == .missingInput && problem?.what == "the file cannot be opened: \(reason)")
      #expect(problem?.location == url.path)
    }
  }
}
