import FlyingSocks
import Foundation
import Testing

/// What a viewer leaves alone: other networks, other files.
@Suite struct IsolationTests {
  @Test func onlyOneAddressOfThisMachineListens() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let answer = try await client.get("/")
      #expect(answer.status == 200)
      // A server for every address would answer to this one too.
      await #expect(throws: (any Error).self) {
        try await AsyncSocket.connected(to: .inet(ip4: "127.0.0.2", port: client.port), timeout: 5)
      }
      await #expect(throws: (any Error).self) {
        try await AsyncSocket.connected(to: .inet6(ip6: "::1", port: client.port), timeout: 5)
      }
    }
  }

  @Test func nothingIsWrittenBesidesReviews() async throws {
    let results = try Results()
    defer { results.remove() }
    _ = try results.viewer()
    let before = try contents(results.root)
    try await serving(results) { client in
      for request in SecurityTests.requests { _ = try await request.send(client) }
      _ = try await client.post("/api/threshold", #"{"threshold": 2}"#)
    }
    let after = try contents(results.root)
    let changed = Set(after.keys.filter { after[$0] != before[$0] } + before.keys.filter { after[$0] == nil })
    let tables = ["review", "thresholds"].map { "out put/review/rater-anna_\($0).tsv" }
    #expect(changed == Set(tables))
  }

  @Test func aTableOrALinkThatNamesAnotherFileDoesNotShowIt() async throws {
    let results = try Results()
    defer { results.remove() }
    let secret = results.root.appendingPathComponent("secret.txt")
    try Data(String(repeating: "a secret\n", count: 100).utf8).write(to: secret)
    let table = results.folder.appendingPathComponent("cases.tsv")
    let text = try String(contentsOf: table, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "map 0.nii.gz", with: secret.path).utf8).write(to: table)
    let link = results.folder.appendingPathComponent("map 1.nii.gz")
    try FileManager.default.removeItem(at: link)
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: secret)
    try await serving(results) { client in
      for index in 0..<2 {
        let answer = try await client.get("/api/cases/\(index)/map")
        #expect(answer.status == 500 && !answer.text.contains("a secret"))
      }
    }
  }

  @Test func aLinkInPlaceOfTheReviewsIsReplacedAndItsFileKept() async throws {
    let results = try Results()
    defer { results.remove() }
    let other = results.root.appendingPathComponent("other.tsv")
    let reviews = results.review.appendingPathComponent("rater-anna_review.tsv")
    try await serving(results) { _ = try await $0.post("/api/review", SecurityTests.review) }
    try FileManager.default.moveItem(at: reviews, to: other)
    try FileManager.default.createSymbolicLink(at: reviews, withDestinationURL: other)
    let before = try Data(contentsOf: other)
    try await serving(results) { client in
      let answer = try await client.post("/api/review", #"{"index": 0, "decision": "rejected"}"#)
      #expect(answer.status == 200)
    }
    let kept = try Data(contentsOf: other), written = try Data(contentsOf: reviews)
    #expect(kept == before && written != before)
  }

  /// The bytes of all files below a folder by their paths in it.
  private func contents(_ folder: URL) throws -> [String: Data] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    var found = [String: Data]()
    for path in paths {
      let file = folder.appendingPathComponent(path)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      if !isFolder.boolValue { found[path] = try Data(contentsOf: file) }
    }
    return found
  }
}
