import FlyingSocks
import Foundation
import Testing

@testable import NormaViewer

/// Which requests are admitted, and what is never sent.
@Suite struct SecurityTests {
  struct Request: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: Int
    let send: @Sendable (Client) async throws -> Client.Answer

    init(
      _ name: String, _ status: Int, _ send: @escaping @Sendable (Client) async throws -> Client.Answer
    ) {
      (testDescription, self.status, self.send) = (name, status, send)
    }
  }

  static let review = #"{"index": 0, "decision": "accepted"}"#

  static let requests: [Request] = [
    Request("the page with the token in the address", 200) {
      try await $0.get("/?token=\($0.token)", ["Cookie": nil, "Sec-Fetch-Site": "cross-site"])
    },
    Request("the page with the cookie", 200) { try await $0.get("/") },
    Request("by the name localhost", 200) { try await $0.get("/", ["Host": "localhost:\($0.port)"]) },
    Request("a script of the page", 200) {
      try await $0.get("/viewer.js", ["Sec-Fetch-Site": "same-origin"])
    },
    Request("a review of the page", 200) { try await $0.post("/api/review", review) },
    Request("no token", 403) { try await $0.get("/", ["Cookie": nil]) },
    Request("a wrong token", 403) {
      try await $0.get("/?token=\(String(repeating: "0", count: 64))", ["Cookie": nil])
    },
    Request("an empty token", 403) { try await $0.get("/?token=", ["Cookie": nil]) },
    Request("the start of the token", 403) {
      try await $0.get("/?token=\($0.token.prefix(63))", ["Cookie": nil])
    },
    Request("the token in the address of something else", 403) {
      try await $0.get("/api/cohort?token=\($0.token)", ["Cookie": nil])
    },
    Request("the cookie of another viewer", 403) { try await $0.get("/", ["Cookie": "norma-1=\($0.token)"]) },
    Request("a script without a token", 403) { try await $0.get("/niivue.js", ["Cookie": nil]) },
    Request("a name that was made to point here", 403) {
      try await $0.get("/", ["Host": "evil.example:\($0.port)"])
    },
    Request("no host", 403) { try await $0.get("/", ["Host": nil]) },
    Request("another site that asks for a scan", 403) {
      try await $0.get("/api/cases/0/image", ["Sec-Fetch-Site": "cross-site"])
    },
    Request("another port of this machine", 403) {
      try await $0.get("/api/cohort", ["Sec-Fetch-Site": "same-site"])
    },
    Request("another site that writes", 403) {
      try await $0.post("/api/review", review, ["Origin": "http://evil.example"])
    },
    Request("another port that writes", 403) {
      try await $0.post("/api/review", review, ["Origin": "http://127.0.0.1:1"])
    },
    Request("a write from nowhere", 403) { try await $0.post("/api/review", review, ["Origin": nil]) },
    Request("a write without a token", 403) { try await $0.post("/api/review", review, ["Cookie": nil]) },
    Request("a form", 400) {
      try await $0.post("/api/review", review, ["Content-Type": "text/plain"])
    },
    Request("a path upwards", 404) { try await $0.get("/../../etc/passwd") },
    Request("a path upwards in escapes", 404) { try await $0.get("/%2e%2e/%2e%2e/etc/passwd") },
    Request("an absolute path", 404) { try await $0.get("//etc/passwd") },
    Request("an absolute path in escapes", 404) { try await $0.get("/%2Fetc%2Fpasswd") },
    Request("a path upwards from a script", 404) { try await $0.get("/viewer.js/../../etc/passwd") },
    Request("a path upwards from a case", 404) { try await $0.get("/api/cases/0/../../../etc/passwd") },
    Request("a path with a zero", 404) { try await $0.get("/viewer.js%00.html") },
    Request("a file of the folder by its path", 404) { try await $0.get("/cases.tsv") },
    Request("a case by its path", 404) { try await $0.get("/api/cases/..%2f..%2fetc/image") },
    Request("a case that is not there", 404) { try await $0.get("/api/cases/99/image") },
    Request("a case before the first", 404) { try await $0.get("/api/cases/-1/image") },
    Request("a file that cases do not have", 404) { try await $0.get("/api/cases/0/password") },
    Request("a review of a missing case", 400) {
      try await $0.post("/api/review", #"{"index": 99, "note": "x"}"#)
    },
    Request("a decision that is none", 400) {
      try await $0.post("/api/review", #"{"index": 0, "decision": "x"}"#)
    },
    Request("a note without end", 400) {
      try await $0.post("/api/review", #"{"index": 0, "note": "\#(String(repeating: "x", count: 2001))"}"#)
    },
    Request("a region of a voxel with two indices", 400) {
      try await $0.post("/api/region", #"{"index": 0, "voxel": [1, 2], "volume": 1, "decision": "accepted"}"#)
    },
    Request("a decision about a region that is none", 400) {
      try await $0.post(
        "/api/region", #"{"index": 0, "voxel": [1, 2, 0], "volume": 1, "decision": "flagged"}"#)
    },
    Request("a mask of a missing case", 400) { try await $0.post("/api/mask", #"{"index": 99}"#) },
    Request("a mask above a threshold below 0", 400) {
      try await $0.post("/api/mask", #"{"index": 0, "threshold": -1}"#)
    },
    Request("another image that is not there", 404) { try await $0.get("/api/cases/0/other-0") },
    Request("a threshold below 0", 400) { try await $0.post("/api/threshold", #"{"threshold": -1}"#) },
    Request("no JSON", 400) { try await $0.post("/api/review", "index=0") },
    Request("a write elsewhere", 404) { try await $0.post("/cases.tsv", "{}") },
    Request("another method", 405) { try await $0.ask("DELETE", "/api/review", $0.headers()) },
    Request("a body above the limit", 413) {
      try await $0.post("/api/review", String(repeating: " ", count: 70_000))
    },
    Request("a body that only says to be large", 413) {
      try await $0.post("/api/review", "", ["Content-Length": "99999999999"])
    },
    Request("a body of less than nothing", 400) {
      try await $0.post("/api/review", "", ["Content-Length": "-1"])
    },
    Request("a body in chunks", 411) {
      try await $0.post("/api/review", "0\r\n\r\n", ["Transfer-Encoding": "chunked"])
    },
    Request("a head without end", 431) {
      try await $0.get("/", ["X-Filler": String(repeating: "x", count: 40_000)])
    },
    Request("a header twice", 400) {
      try await $0.send(
        "GET / HTTP/1.1\r\nHost: \($0.host)\r\nHost: evil.example\r\nCookie: \($0.cookie)\r\n\r\n")
    },
    Request("no HTTP", 400) { try await $0.send("hello\r\n\r\n") },
    Request("an absolute address", 400) { try await $0.send("GET http://evil.example/ HTTP/1.1\r\n\r\n") },
  ]

  @Test(arguments: requests)
  func onlyThePageIsAnswered(request: Request) async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let answer = try await request.send(client)
      #expect(answer.status == request.status, "\(answer.text)")
      for line in [
        "Content-Security-Policy: default-src 'none'; script-src 'self';", "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY", "Cross-Origin-Resource-Policy: same-origin", "Cache-Control: no-store",
      ] { #expect(answer.head.contains(line)) }
      #expect(!answer.head.lowercased().contains("access-control-allow"))
      if answer.status != 200 { #expect(!FileManager.default.fileExists(atPath: results.review.path)) }
    }
  }

  @Test func aRefusedBodyIsNotTakenForARequest() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let answer = try await client.post(
        "/api/review", "GET /viewer.js HTTP/1.1\r\nConnection: close\r\n\r\n",
        ["Content-Length": "99999999999"])
      #expect(answer.status == 413 && !answer.text.contains("HTTP/1.1"))
    }
  }

  @Test func theTokenBecomesACookieThatScriptsCannotRead() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let answer = try await client.get("/?token=\(client.token)", ["Cookie": nil])
      #expect(answer.head.contains("Set-Cookie: \(client.cookie); HttpOnly; SameSite=Strict; Path=/\r\n"))
      #expect(!answer.text.contains(client.token))
      let other = Gatekeeper(port: client.port)
      #expect(client.token.count == 64 && !other.address.contains(client.token))
    }
  }

  @Test func thePageHasNoScriptInsideAndNothingFromOutside() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let page = try await client.get("/").text
      for part in ["<script>", "onclick", "style=", "http://", "https://"] { #expect(!page.contains(part)) }
      let names = [
        "viewer", "api", "list", "other-image", "picture", "planes", "programs", "rates", "region-list",
        "regions", "scale", "text",
      ].map { "\($0).js" }
      for name in names + ["viewer.css"] {
        let file = try await client.get("/\(name)")
        #expect(file.status == 200)
        for part in ["innerHTML", "http://", "https://", "eval("] {
          #expect(!file.text.contains(part), "\(name)")
        }
      }
    }
  }
}
