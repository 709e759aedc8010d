import FlyingFox
import FlyingSocks
import Foundation
import Testing

@testable import NormaViewer

/// Clients that are many, slow or gone.
@Suite struct LoadTests {
  /// A server with tight limits that answers the path it is asked for.
  private func echoing(
    _ limits: LoopbackServer.Limits, _ body: (Client) async throws -> Void
  ) async throws {
    let server = try LoopbackServer(port: 0, limits: limits)
    let running = Task { try await server.run { HTTPResponse(.ok, text: $0.path) } }
    defer { running.cancel() }
    try await body(Client(port: server.port))
  }

  /// More than are accepted at a time; a thousand, which need more files than a test may have open, are asked by
  /// `Scripts/checks/viewer`.
  @Test func hundredsOfRequestsAtOnceAreAllAnswered() async throws {
    let results = try Results()
    defer { results.remove() }
    try await serving(results) { client in
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<400 {
          let path = ["/api/cases/0/image", "/viewer.js", "/api/cohort", "/api/review"][number % 4]
          group.addTask { try await client.get(path).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.count == 400 && statuses.allSatisfy { $0 == 200 })
    }
  }

  @Test(arguments: ["", "GET / HTTP/1.1\r\nX-Slow: ", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n"])
  func whoSendsDropByDropIsCutOff(start: String) async throws {
    var limits = LoopbackServer.Limits()
    limits.requestTimeout = .milliseconds(300)
    try await echoing(limits) { client in
      let socket = try await client.connect()
      defer { try? socket.close() }
      try await socket.write(Data(start.utf8))
      let dripping = Task {
        for _ in 0..<1200 {
          try await Task.sleep(for: .milliseconds(50))
          try await socket.write(Data("x".utf8))
        }
      }
      defer { dripping.cancel() }
      let begin = ContinuousClock.now
      // A drop that comes too late may reset the connection before the answer is read.
      let answer = await Client.bytes(on: socket)
      #expect(answer.isEmpty || answer.starts(with: Data("HTTP/1.1 408 ".utf8)))
      #expect(ContinuousClock.now - begin < .seconds(30))
    }
  }

  @Test func slowOnesKeepNobodyElseOut() async throws {
    var limits = LoopbackServer.Limits()
    (limits.connections, limits.requestTimeout) = (8, .milliseconds(300))
    try await echoing(limits) { client in
      var idle = [AsyncSocket]()
      for _ in 0..<20 { idle.append(try await client.connect()) }
      defer { for socket in idle { try? socket.close() } }
      let answer = try await client.get("/there")
      #expect(answer.status == 200 && answer.text == "/there\n")
    }
  }

  @Test func furtherConnectionsWaitForAPlace() async throws {
    var limits = LoopbackServer.Limits()
    (limits.connections, limits.requestTimeout) = (2, .seconds(1))
    try await echoing(limits) { client in
      let begin = ContinuousClock.now
      let idle = [try await client.connect(), try await client.connect()]
      defer { for socket in idle { try? socket.close() } }
      let answer = try await client.get("/there")
      #expect(answer.status == 200 && ContinuousClock.now - begin >= .seconds(1))
    }
  }

  @Test func aHeadThatNeverEndsIsRefused() async throws {
    try await echoing(LoopbackServer.Limits()) { client in
      let answer = try await client.send(
        "GET / HTTP/1.1\r\nX-Filler: " + String(repeating: "x", count: 40_000))
      #expect(answer.status == 431)
    }
  }

  @Test func aReaderThatStopsIsCutOff() async throws {
    var limits = LoopbackServer.Limits()
    limits.responseTimeout = .milliseconds(300)
    let server = try LoopbackServer(port: 0, limits: limits)
    let size = 64 << 20
    let running = Task {
      try await server.run { _ in HTTPResponse(type: "application/octet-stream", body: Data(count: size)) }
    }
    defer { running.cancel() }
    let socket = try await Client(port: server.port).connect()
    defer { try? socket.close() }
    try await socket.write(Data("GET / HTTP/1.1\r\n\r\n".utf8))
    try await Task.sleep(for: .seconds(3))
    #expect(await Client.bytes(on: socket).count < size)
  }

  @Test func whoHangsUpDoesNoHarm() async throws {
    try await echoing(LoopbackServer.Limits()) { client in
      for text in [
        "", "GET / HT", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", "GET / HTTP/1.1\r\n\r\n",
      ] {
        let socket = try await client.connect()
        try await socket.write(Data(text.utf8))
        try socket.close()
      }
      let answer = try await client.get("/there")
      #expect(answer.status == 200)
    }
  }

  @Test func noMoreAreAnsweredAtATimeThanThereArePlaces() async throws {
    actor Counter {
      var now = 0, most = 0
      func enter() { (now, most) = (now + 1, max(most, now + 1)) }
      func leave() { now -= 1 }
    }
    let counter = Counter()
    var limits = LoopbackServer.Limits()
    limits.responses = 3
    let server = try LoopbackServer(port: 0, limits: limits)
    let running = Task {
      try await server.run { request in
        await counter.enter()
        try? await Task.sleep(for: .milliseconds(5))
        await counter.leave()
        return HTTPResponse(.ok, text: request.path)
      }
    }
    defer { running.cancel() }
    let client = Client(port: server.port)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 { group.addTask { _ = try await client.get("/") } }
      try await group.waitForAll()
    }
    #expect(await counter.most == 3)
  }
}
