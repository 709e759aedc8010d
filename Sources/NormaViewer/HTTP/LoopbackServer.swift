import FlyingFox
import FlyingSocks
import Foundation
import Norma

/// An HTTP server on 127.0.0.1 that answers one request per connection and limits all that a client decides.
struct LoopbackServer: Sendable {
  struct Limits: Sendable {
    /// The number of open connections; further ones wait in the system's queue.
    var connections = 256
    /// The number of requests that are answered at a time, since a response may hold a volume.
    var responses = 8
    /// The time from the connection to the last byte of the request.
    var requestTimeout = Duration.seconds(10)
    /// The time to make a response and to send it.
    var responseTimeout = Duration.seconds(120)
    /// The length of the request line and the headers in bytes.
    var headLength = 16 << 10
    /// The length of the body in bytes.
    var bodyLength = 64 << 10
  }

  typealias Handler = @Sendable (HTTPRequest) async -> HTTPResponse

  let port: UInt16
  private let socket: AsyncSocket
  private let pool: any AsyncSocketPool
  private let limits: Limits

  /// Binds the port, 0 for any that is free. Throws a ``Problem`` if another program uses it.
  init(port: UInt16, limits: Limits = Limits()) throws {
    do {
      let listener = try Socket(domain: AF_INET)
      // Otherwise the port stays taken for a minute after a viewer has ended.
      try listener.setValue(true, for: .localAddressReuse)
      try listener.bind(to: .inet(ip4: "127.0.0.1", port: port))
      try listener.listen()
      guard case .ip4(_, let bound) = try listener.sockname() else { throw SocketError.unsupportedAddress }
      (self.port, self.limits, pool) = (bound, limits, HTTPServer.defaultPool())
      socket = try AsyncSocket(socket: listener, pool: pool)
    } catch {
      throw Problem(
        .cannotCreate, "the port cannot be opened: \(error.localizedDescription)", at: "127.0.0.1:\(port)",
        advice: "give another one with --port, or leave it out for any that is free")
    }
  }

  /// Answers requests until the task is cancelled.
  func run(_ handler: @escaping Handler) async throws {
    let (connections, responses) = (AsyncSemaphore(limits.connections), AsyncSemaphore(limits.responses))
    try await pool.prepare()
    defer { try? socket.close() }
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await pool.run() }
      while true {
        await connections.wait()
        let connection = try await accept()
        group.addTask {
          try? await serve(connection, responses, handler)
          try? connection.close()
          await connections.signal()
        }
      }
    }
  }

  /// Returns the next connection. Tries again while the system has no room for one.
  private func accept() async throws -> AsyncSocket {
    while true {
      do {
        return try await socket.accept()
      } catch {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }

  private func serve(
    _ connection: AsyncSocket, _ responses: AsyncSemaphore, _ handler: @escaping Handler
  ) async throws {
    do {
      let request = try await within(limits.requestTimeout) { try await receive(from: connection) }
      await responses.wait()
      try? await within(limits.responseTimeout) { try await send(handler(request), to: connection) }
      await responses.signal()
    } catch let refusal as HTTPRefusal {
      try await within(limits.requestTimeout) {
        try await send(refusal.response, to: connection)
        try await discardInput(of: connection)
      }
    } catch is TimeoutError {
      try await within(.seconds(1)) {
        try await send(HTTPResponse(.requestTimeout, text: "The request took too long."), to: connection)
      }
    }
  }

  private func receive(from connection: AsyncSocket) async throws -> HTTPRequest {
    var bytes = Data()
    while bytes.count <= limits.headLength {
      let unsearched = max(0, bytes.count - 3)
      bytes += try await connection.read(atMost: 4096)
      guard let end = bytes.range(of: Data("\r\n\r\n".utf8), in: unsearched..<bytes.count) else { continue }
      var request = try HTTPRequest(head: bytes[..<end.lowerBound])
      let length = try request.bodyLength(limit: limits.bodyLength)
      var body = Data(bytes[end.upperBound...].prefix(length))
      body += try await connection.read(bytes: length - body.count)
      request.setBodyData(body)
      return request
    }
    throw HTTPRefusal(.requestHeaderFieldsTooLarge, "The head is too long.")
  }

  private func send(_ response: HTTPResponse, to connection: AsyncSocket) async throws {
    try await connection.write(response.head)
    guard case .httpBody(let body) = response.payload else { return }
    for try await part in body { try await connection.write(part) }
  }

  /// Reads on for a while. Closing a connection with unread bytes would reset it and lose the response.
  private func discardInput(of connection: AsyncSocket) async throws {
    shutdown(connection.socket.file.rawValue, Int32(SHUT_WR))
    var rest = 1 << 20
    while rest > 0 { rest -= try await connection.read(atMost: 4096).count }
  }
}

private struct TimeoutError: Error {}

/// Returns the result of `work`, or throws a ``TimeoutError``.
private func within<Result: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask(operation: work)
    group.addTask {
      try await Task.sleep(for: limit)
      throw TimeoutError()
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw TimeoutError() }
    return result
  }
}
