import FlyingSocks
import Foundation
import Norma

/// Answers HTTP on 127.0.0.1, one request a connection, with a limit on everything that a client decides: how many
/// connections, how long they take, how much they send.
struct LoopbackServer: Sendable {
  struct Limits: Sendable {
    /// Open at a time; further ones wait in the system's queue.
    var connections = 256
    /// Answered at a time, since an answer may hold a volume.
    var answers = 8
    /// Until the whole request is there, from the connection on.
    var arrival = Duration.seconds(10)
    /// Until the answer is read.
    var answer = Duration.seconds(120)
    /// Bytes.
    var head = 16 << 10
    /// Bytes.
    var body = 64 << 10
  }

  let port: UInt16
  private let socket: AsyncSocket
  private let pool: any AsyncSocketPool
  private let limits: Limits

  /// Takes the port, 0 for any that is free; throws a ``Problem`` where another program has it.
  init(port: UInt16, limits: Limits = Limits()) throws {
    func prepare(_ pool: some AsyncSocketPool) throws -> AsyncSocket {
      let socket = try Socket(domain: AF_INET)
      // Otherwise a port stays taken for a minute after a viewer has ended.
      try socket.setValue(true, for: .localAddressReuse)
      try socket.bind(to: .inet(ip4: "127.0.0.1", port: port))
      try socket.listen(maxPendingConnection: 2048)
      return try AsyncSocket(socket: socket, pool: pool)
    }
    do {
      let pool: some AsyncSocketPool = .make()
      socket = try prepare(pool)
      guard case .ip4(_, let port) = try socket.socket.sockname() else {
        throw SocketError.unsupportedAddress
      }
      (self.pool, self.port, self.limits) = (pool, port, limits)
    } catch {
      throw Problem(
        .cannotCreate, "the port cannot be opened: \(error.localizedDescription)", at: "127.0.0.1:\(port)",
        advice: "give another one with --port, or leave it out for any that is free")
    }
  }

  /// Answers until the task is cancelled.
  func run(_ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) async throws {
    let connections = Slots(limits.connections), answers = Slots(limits.answers)
    try await pool.prepare()
    defer { try? socket.close() }
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await pool.run() }
      while true {
        await connections.take()
        let connection = try await accept()
        group.addTask {
          try? await Exchange(socket: connection, limits: limits, answers: answers)(answer)
          try? connection.close()
          await connections.give()
        }
      }
    }
  }

  /// The next connection; where the system has no room for one, a later one.
  private func accept() async throws -> AsyncSocket {
    while true {
      do {
        return try await socket.accept()
      } catch {
        try Task.checkCancellation()
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}

/// One connection: a request, its answer.
private struct Exchange {
  let socket: AsyncSocket
  let limits: LoopbackServer.Limits
  let answers: Slots

  func callAsFunction(_ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse) async throws {
    do {
      let request = try await within(limits.arrival) { try await receive() }
      try await answers.holding {
        try await within(limits.answer) { try await send(answer(request)) }
      }
    } catch let refusal as HTTPRefusal {
      try await within(limits.arrival) {
        try await send(refusal.response)
        try await discardRest()
      }
    } catch is TimeIsUp {
      try await within(.seconds(1)) {
        try await send(HTTPResponse(.timeout, text: "The request took too long."))
      }
    }
  }

  private func receive() async throws -> HTTPRequest {
    let end = Data("\r\n\r\n".utf8)
    var bytes = Data()
    var headEnd: Range<Data.Index>?
    while headEnd == nil {
      guard bytes.count <= limits.head else { throw HTTPRefusal(.headTooLarge, "The head is too long.") }
      let searched = max(0, bytes.count - end.count)
      bytes += try await socket.read(atMost: 4096)
      headEnd = bytes.range(of: end, in: searched..<bytes.count)
    }
    guard let headEnd else { throw HTTPRefusal(.badRequest, "The head has no end.") }
    var request = try HTTPRequest(head: bytes[..<headEnd.lowerBound])
    let length = try request.bodyLength(limit: limits.body)
    request.body = Data(bytes[headEnd.upperBound...].prefix(length))
    while request.body.count < length {
      request.body += try await socket.read(atMost: min(4096, length - request.body.count))
    }
    return request
  }

  private func send(_ response: HTTPResponse) async throws {
    try await socket.write(response.head)
    try await socket.write(response.body)
  }

  /// Reads on for a while: closed with bytes unread, the connection would be reset and the answer lost.
  private func discardRest() async throws {
    shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
    var rest = 1 << 20
    while rest > 0 { rest -= try await socket.read(atMost: 4096).count }
  }
}

private struct TimeIsUp: Error {}

/// The result of `work`, or ``TimeIsUp``.
private func within<Result: Sendable>(
  _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask(operation: work)
    group.addTask {
      try await Task.sleep(for: limit)
      throw TimeIsUp()
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw TimeIsUp() }
    return result
  }
}
